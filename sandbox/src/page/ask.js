// Asking the sandbox.

/** Asks for `path`; gives status, headers, text and (if it is some) JSON. A body that is no text is sent as JSON. */
export async function ask(path, method = "GET", body = undefined, headers = {}) {
  const withBody = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(path, {
    method,
    headers: { ...withBody, ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { json = undefined; }
  return { status: response.status, headers: response.headers, text, json };
}
