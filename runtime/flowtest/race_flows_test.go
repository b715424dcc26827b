package flowtest_test

// raceFlows are the flows of the races: a desk with one agent, a desk with two who ring at once, and a queue that is moved by
// timers and signals while the caller presses keys.
const raceFlows = `flow: desk
start: {initiate: connecting}
states:
  connecting:
    entry:
      - createCall: {leg: agent, to: "+15553330001", from: "+15559990000", target: screening, callTimeout: 15}
    bxml: [{SpeakSentence: Please hold.}, {Ring: {duration: 60}}, Redirect]
    on:
      bridged: talking
      legEnded: voicemail
      redirect: {target: voicemail, actions: [{endCall: agent}]}
  talking:
    on: {bridgeTargetComplete: goodbye, bridgeFailed: voicemail, redirect: voicemail}
  screening:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Press 1.}]}}]
    on:
      gather: [{guard: event.digits == "1", target: bridging}, {target: released}]
      parentEnded: released
  bridging:
    bxml: [{Bridge: "${call.parent}"}]
    on: {bridgeComplete: released}
  voicemail:
    bxml: [{SpeakSentence: Leave a message.}, {Record: {maxDuration: 20}}]
    on: {recordComplete: goodbye}
  released: {type: final, bxml: [Hangup]}
  goodbye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
---
flow: two
start: {initiate: connecting}
states:
  connecting:
    entry:
      - createCall: {leg: first, to: "+15553330001", from: "+15559990000", target: screening, callTimeout: 15}
      - createCall: {leg: second, to: "+15553330002", from: "+15559990000", target: screening, callTimeout: 15}
    bxml: [{SpeakSentence: Please hold.}, {Ring: {duration: 60}}, Redirect]
    on:
      bridged:
        - {guard: event.leg == "first", target: talking, actions: [{endCall: second}]}
        - {target: talking, actions: [{endCall: first}]}
      legEnded:
        - {guard: call.legs.first.ended && call.legs.second.ended, target: nobody}
        - {}
      redirect: {target: nobody, actions: [{endCall: first}, {endCall: second}]}
  talking:
    on: {bridgeTargetComplete: nobody, bridgeFailed: nobody, redirect: nobody, bridged: {}}
  screening:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Press 1.}]}}]
    on:
      gather: [{guard: event.digits == "1", target: bridging}, {target: released}]
      parentEnded: released
  bridging:
    bxml: [{Bridge: "${call.parent}"}]
    on: {bridgeComplete: released}
  released: {type: final, bxml: [Hangup]}
  nobody: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
---
flow: moved
signals: {free: {desk: int}}
start: {initiate: menu}
states:
  menu:
    bxml: [{Gather: {maxDigits: 1, firstDigitTimeout: 4, nested: [{SpeakSentence: Press a key.}]}}]
    on:
      gather: [{guard: visits < 4, target: menu}, {target: bye}]
      free: offered
    after: {3s: hurried}
  hurried:
    bxml: [{SpeakSentence: Hurry.}, {Gather: {maxDigits: 1, firstDigitTimeout: 2, nested: [{SpeakSentence: Now.}]}}]
    on:
      gather: [{guard: event.digits == "1", target: menu}, {target: bye}]
      free: offered
    after: {6s: bye}
  offered:
    bxml: [{SpeakSentence: Somebody is free.}, {Gather: {maxDigits: 1, nested: [{SpeakSentence: Press 1.}]}}]
    on:
      gather: [{guard: event.digits == "1", target: bye}, {target: menu}]
      free: {}
  bye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`
