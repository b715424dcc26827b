// Drives yaml-language-server as an editor does, over its standard streams. Standard input has the files to open and what to ask
// about each, standard output gets the answers, a line of JSON for every file.
//
//   {"root": "/folder", "files": [{"path": "/folder/a.yaml", "text": "...", "hover": [{"line": 0, "character": 0}], "complete": [...]}]}
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import protocol from 'vscode-languageserver-protocol/node.js'

const { root, files } = JSON.parse(await text(process.stdin))
const server = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server')
const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
const connection = protocol.createProtocolConnection(
  new protocol.StreamMessageReader(child.stdout), new protocol.StreamMessageWriter(child.stdin))

// The store of schemas is switched off: nothing here comes from a network.
const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false }, customTags: [] }
connection.onRequest('workspace/configuration', ({ items }) => items.map(({ section }) => (section === 'yaml' ? settings : null)))
connection.onRequest('client/registerCapability', () => null)

const waiting = new Map()
connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics))
connection.listen()

const rootUri = pathToFileURL(root).href
await connection.sendRequest('initialize', {
  processId: process.pid,
  rootUri,
  workspaceFolders: [{ uri: rootUri, name: 'flows' }],
  capabilities: {
    workspace: { configuration: true, workspaceFolders: true },
    textDocument: {
      hover: { contentFormat: ['markdown', 'plaintext'] },
      completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
      publishDiagnostics: {},
    },
  },
})
await connection.sendNotification('initialized', {})
await connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml: settings } })

for (const file of files) {
  const uri = pathToFileURL(file.path).href
  const textDocument = { uri }
  const published = new Promise((resolve) => waiting.set(uri, resolve))
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: file.text } })
  const answer = { path: file.path, diagnostics: await published, hover: [], complete: [] }
  for (const position of file.hover ?? []) {
    answer.hover.push(await connection.sendRequest('textDocument/hover', { textDocument, position }))
  }
  for (const position of file.complete ?? []) {
    const list = await connection.sendRequest('textDocument/completion', { textDocument, position })
    answer.complete.push(list?.items ?? list ?? [])
  }
  await connection.sendNotification('textDocument/didClose', { textDocument })
  console.log(JSON.stringify(answer))
}
await connection.sendRequest('shutdown')
await connection.sendNotification('exit')
connection.dispose()
