/** Sends a form with files, and tells how far it has come; answers with the status (0 when it did not get through). */
const CONFLICT = 409;

function once(url, body, upload) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (upload?.progress && event.lengthComputable) upload.progress.value = (100 * event.loaded) / event.total;
    });
    // All is there, and the picture is being made ready: how long that takes nobody knows.
    request.upload.addEventListener("load", () => upload?.progress?.removeAttribute("value"));
    request.addEventListener("loadend", () => resolve({ status: request.status, json: request.response }));
    if (upload) upload.abort = () => request.abort();
    request.send(body);
  });
}

/** The draft may be saved in the same moment, which is no reason to give up. */
export async function sendForm(url, body, upload) {
  const answer = await once(url, body, upload);
  return answer.status === CONFLICT && !upload?.cancelled ? once(url, body, upload) : answer;
}
