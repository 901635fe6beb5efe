// How the functions that orval generates reach the service: base URL and key come from the environment; a call
// can name another key in its headers. orval wants an answer of the shape that is returned here.

export async function send<T>(url: string, options: RequestInit): Promise<T> {
  const headers = new Headers(options.headers);
  if (!headers.has('X-API-Key')) headers.set('X-API-Key', process.env['BENCHMARK_EMAIL_API_KEY'] ?? '');
  const response = await fetch(`${process.env['BENCHMARK_EMAIL_BASE_URL']}${url}`, { ...options, headers });
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
  const data: unknown = text !== '' && isJson ? JSON.parse(text) : text;
  return { data, status: response.status, headers: response.headers } as T;
}
