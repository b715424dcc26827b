// Drives a simulator through Bandwidth's own SDK and prints one JSON line per request: {step, status, data, ...}.
//
// BANDWIDTH_URL is the base URL of the API, such as http://127.0.0.1:4000/api/v2. Time passes in the simulator only when
// POST /advance?by=5s asks for it, on the same host. The first argument is the address of the application.
import sdk from 'bandwidth-sdk';

const { Bxml, CallsApi, ConferencesApi, Configuration, RecordingsApi, StatisticsApi, TranscriptionsApi } = sdk;
const basePath = process.env.BANDWIDTH_URL;
const app = process.argv[2];
const account = '9900000';

async function advance(by) {
  const response = await fetch(new URL(`/advance?by=${by}`, basePath), { method: 'POST' });
  if (!response.ok) throw new Error(`advance: ${await response.text()}`);
}

let link; // to the next page, of the last answer

// step prints what a request brought, or why it was refused, and returns its data.
async function step(name, request) {
  let answer;
  try {
    answer = await request;
  } catch (error) {
    if (!error.response) throw error;
    answer = error.response;
  }
  const { status, data, headers } = answer;
  const shown = data instanceof Uint8Array ? { bytes: data.length, start: data.toString('latin1', 0, 4) } : data;
  ({ link } = headers);
  console.log(JSON.stringify({ step: name, status, data: shown, location: headers.location, link, type: headers['content-type'] }));
  return data;
}

const basic = new Configuration({ basePath, username: 'user', password: 'secret' });
const calls = new CallsApi(basic);
const conferences = new ConferencesApi(basic);
const recordings = new RecordingsApi(basic);
const transcriptions = new TranscriptionsApi(basic);
const statistics = new StatisticsApi(basic);

const order = {
  to: '+15550003333', from: '+15550002222', applicationId: '04e88489-df02-4e34-a0ee-27a91849555f', answerUrl: `${app}/answer`,
  disconnectUrl: `${app}/disconnect`, tag: 'first', callTimeout: 20, priority: 3,
};

// A call is made, read, listed, redirected, given BXML, and hung up.
const { callId: first } = await step('create', calls.createCall(account, order));
await step('queue', statistics.getStatistics(account));
await advance('5s');
await step('read', calls.getCallState(account, first));
const { callId: second } = await step('create again', calls.createCall(account, { ...order, tag: 'second' }));
await advance('5s');
await step('first page', calls.listCalls(account, order.to, undefined, undefined, undefined, undefined, 1));
const [, pageToken] = /[?&]pageToken=([^&>]+)/.exec(link);
await step('last page', calls.listCalls(account, order.to, undefined, undefined, undefined, undefined, 1, pageToken));
await step('filtered', calls.listCalls(account, undefined, order.from, '2026-03-01T12:00:05Z', undefined, undefined));
await step('redirect', calls.updateCall(account, first, { state: 'active', redirectUrl: `${app}/redirect`, tag: 'redirected' }));
await advance('1s');
const room = new Bxml.Response([new Bxml.Conference('team', { conferenceEventUrl: `${app}/conference`, tag: 'standup' })]).toBxml();
await step('join', calls.updateCallBxml(account, first, room));
await step('join too', calls.updateCallBxml(account, second, room));
await step('bad bxml', calls.updateCallBxml(account, second, '<Response><Nonsense/></Response>'));
await advance('1s');

// The conference of both is read, changed, given BXML, redirected and ended.
const [{ id: conference }] = await step('conferences', conferences.listConferences(account, 'team'));
await step('conference', conferences.getConference(account, conference));
await step('mute', conferences.updateConferenceMember(account, conference, second, { mute: true, callIdsToCoach: [first] }));
await step('member', conferences.getConferenceMember(account, conference, second));
const record = new Bxml.Response([
  new Bxml.StartRecording({ recordingAvailableUrl: `${app}/available` }), new Bxml.SpeakSentence('this is being recorded'), new Bxml.StopRecording(),
]).toBxml();
await step('announce', conferences.updateConferenceBxml(account, conference, record));
await advance('30s');
const [{ recordingId: minutes }] = await step('conference recordings', conferences.listConferenceRecordings(account, conference));
await step('conference recording', conferences.getConferenceRecording(account, conference, minutes));
await step('conference media', conferences.downloadConferenceRecording(account, conference, minutes, { responseType: 'arraybuffer' }));
await step('fetch', conferences.updateConference(account, conference, { status: 'active', redirectUrl: `${app}/agenda` }));
await advance('1s');
await step('end', conferences.updateConference(account, conference, { status: 'completed' }));
await step('ended', conferences.getConference(account, conference));
await advance('1s');

// A recording of a call is paused, resumed, read, transcribed and deleted; so is what was transcribed as it was said.
const { callId: third } = await step('create to record', calls.createCall(account, order));
await advance('5s');
const both = new Bxml.Response([
  new Bxml.StartRecording({ multiChannel: true }), new Bxml.StartTranscription({ name: 'live', tracks: 'both' }), new Bxml.Pause({ duration: 60 }),
]).toBxml();
await step('record', calls.updateCallBxml(account, third, both));
await advance('5s');
await step('pause', recordings.updateCallRecordingState(account, third, { state: 'paused' }));
await advance('3s');
await step('resume', recordings.updateCallRecordingState(account, third, { state: 'recording' }));
await advance('5s');
await step('hang up', calls.updateCall(account, third, { state: 'completed' }));
await advance('30s');
await step('hung up', calls.getCallState(account, third));
await step('hang up again', calls.updateCall(account, third, { state: 'completed' }));
const [{ recordingId }] = await step('recordings', recordings.listCallRecordings(account, third));
await step('all recordings', recordings.listAccountCallRecordings(account, order.to));
await step('recording', recordings.getCallRecording(account, third, recordingId));
await step('media', recordings.downloadCallRecording(account, third, recordingId, { responseType: 'arraybuffer' }));
await step('transcribe', recordings.transcribeCallRecording(account, third, recordingId, { callbackUrl: `${app}/transcribed`, tag: 'words' }));
await advance('60s');
await step('transcript', recordings.getRecordingTranscription(account, third, recordingId));
await step('forget transcript', recordings.deleteRecordingTranscription(account, third, recordingId));
await step('forget media', recordings.deleteRecordingMedia(account, third, recordingId));
await step('no media', recordings.downloadCallRecording(account, third, recordingId));
await step('forget recording', recordings.deleteRecording(account, third, recordingId));
await step('no recordings', recordings.listCallRecordings(account, third));
const [live] = await step('live transcripts', transcriptions.listRealTimeTranscriptions(account, third));
await step('live transcript', transcriptions.getRealTimeTranscription(account, third, live.transcriptionId));
await step('forget live transcript', transcriptions.deleteRealTimeTranscription(account, third, live.transcriptionId));

// What is refused, and how.
await step('bad number', calls.createCall(account, { ...order, to: '+1invalid' }));
await step('incomplete', calls.createCall(account, { to: order.to }));
await step('unknown', calls.getCallState(account, 'does-not-exist'));
const { callId: ringing } = await step('create to cancel', calls.createCall(account, { ...order, to: '+15550004444' }));
await step('too early', calls.updateCall(account, ringing, { redirectUrl: `${app}/redirect` }));
await step('cancel', calls.updateCall(account, ringing, { state: 'completed' }));
await step('stranger', new CallsApi(new Configuration({ basePath, username: 'nobody', password: 'x' })).getCallState(account, first));
await step('without voice', new CallsApi(new Configuration({ basePath, username: 'silent', password: 'secret' })).getCallState(account, first));

// OAuth 2.0. The address of the token endpoint is fixed in the SDK, so the token is fetched here and handed to it.
async function accessToken() {
  const response = await fetch(new URL('/api/v1/oauth2/token', basePath), {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('client:secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const token = await response.json();
  console.log(JSON.stringify({ step: 'token', status: response.status, data: { ...token, access_token: typeof token.access_token } }));
  return token.access_token;
}
const token = await accessToken();
const bearing = new CallsApi(new Configuration({ basePath, accessToken: token }));
await step('by token', bearing.getCallState(account, first));
await advance('2h');
await step('expired token', bearing.getCallState(account, first));
