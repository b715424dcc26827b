package simulator

// operations is the table of the API, with the names of its OpenAPI document.
var operations = []*operation{
	{name: "createCall", method: "POST", path: "calls", accepts: jsonType, status: 201, run: restCreateCall},
	{name: "listCalls", method: "GET", path: "calls", status: 200, run: restListCalls},
	{name: "getCallState", method: "GET", path: "calls/{id}", status: 200, run: restGetCall},
	{name: "updateCall", method: "POST", path: "calls/{id}", accepts: jsonType, status: 200, run: restUpdateCall},
	{name: "updateCallBxml", method: "PUT", path: "calls/{id}/bxml", accepts: xmlType, status: 204, run: restUpdateCallBxml},

	{name: "listConferences", method: "GET", path: "conferences", status: 200, run: restListConferences},
	{name: "getConference", method: "GET", path: "conferences/{id}", status: 200, run: restGetConference},
	{name: "updateConference", method: "POST", path: "conferences/{id}", accepts: jsonType, status: 204, run: restUpdateConference},
	{name: "updateConferenceBxml", method: "PUT", path: "conferences/{id}/bxml", accepts: xmlType, status: 204, run: restUpdateConferenceBxml},
	{name: "getConferenceMember", method: "GET", path: "conferences/{id}/members/{id}", status: 200, run: restGetMember},
	{name: "updateConferenceMember", method: "PUT", path: "conferences/{id}/members/{id}", accepts: jsonType, status: 204, run: restUpdateMember},

	{name: "listConferenceRecordings", method: "GET", path: "conferences/{id}/recordings", status: 200, run: restListConferenceRecordings},
	{name: "getConferenceRecording", method: "GET", path: "conferences/{id}/recordings/{id}", status: 200, run: restGetRecording},
	{name: "downloadConferenceRecording", method: "GET", path: "conferences/{id}/recordings/{id}/media", status: 200, run: restDownload},

	{name: "listAccountCallRecordings", method: "GET", path: "recordings", status: 200, run: restListAccountRecordings},
	{name: "updateCallRecordingState", method: "PUT", path: "calls/{id}/recording", accepts: jsonType, status: 200, run: restUpdateRecording},
	{name: "listCallRecordings", method: "GET", path: "calls/{id}/recordings", status: 200, run: restListRecordings},
	{name: "getCallRecording", method: "GET", path: "calls/{id}/recordings/{id}", status: 200, run: restGetRecording},
	{name: "deleteRecording", method: "DELETE", path: "calls/{id}/recordings/{id}", status: 204, run: restDeleteRecording},
	{name: "downloadCallRecording", method: "GET", path: "calls/{id}/recordings/{id}/media", status: 200, run: restDownload},
	{name: "deleteRecordingMedia", method: "DELETE", path: "calls/{id}/recordings/{id}/media", status: 204, run: restDeleteMedia},
	{name: "getRecordingTranscription", method: "GET", path: "calls/{id}/recordings/{id}/transcription", status: 200, run: restGetTranscription},
	{name: "transcribeCallRecording", method: "POST", path: "calls/{id}/recordings/{id}/transcription", accepts: jsonType, status: 204, run: restTranscribe},
	{name: "deleteRecordingTranscription", method: "DELETE", path: "calls/{id}/recordings/{id}/transcription", status: 204, run: restDeleteTranscription},

	{name: "listRealTimeTranscriptions", method: "GET", path: "calls/{id}/transcriptions", status: 200, run: restListTranscriptions},
	{name: "getRealTimeTranscription", method: "GET", path: "calls/{id}/transcriptions/{id}", status: 200, run: restGetLiveTranscription},
	{name: "deleteRealTimeTranscription", method: "DELETE", path: "calls/{id}/transcriptions/{id}", status: 200, run: restDeleteLiveTranscription},

	{name: "getStatistics", method: "GET", path: "statistics", status: 200, run: restGetStatistics},
}
