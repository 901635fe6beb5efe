// The generated functions have no base URL and no place for the key, so they send through fetch.ts.
export default {
  contacts: {
    input: process.env['SPEC'],
    output: {
      target: `${process.env['GENERATED']}/client.ts`,
      client: 'fetch',
      mode: 'split',
      override: { mutator: { path: `${process.env['GENERATED']}/fetch.ts`, name: 'send' } },
    },
  },
};
