// What the endpoints that RTK Query's generator makes are put into: base URL and key, which the store hands over.

import { createApi, fetchBaseQuery, type FetchBaseQueryMeta } from '@reduxjs/toolkit/query';

export interface Account {
  baseUrl: string;
  key: string;
  /** Hears of each answer's response, which a result doesn't carry. */
  heard(response: Response | undefined): void;
}

export const base = createApi({
  async baseQuery(args, api, extra: object) {
    const { baseUrl, key, heard } = api.extra as Account;
    // By its content type, since it takes every answer for JSON unless told otherwise.
    const query = fetchBaseQuery({ baseUrl, headers: { 'X-API-Key': key }, responseHandler: 'content-type' });
    const result = await query(args, api, extra);
    heard((result.meta as FetchBaseQueryMeta | undefined)?.response);
    return result;
  },
  endpoints: () => ({}),
  // Else what was read stays for a minute, and with it the program.
  keepUnusedDataFor: 0,
});
