// `fetch` has no base URL and no place for the key: ../orval/scenario.ts puts a function around it.
export default {
  contacts: {
    input: process.env['SPEC'],
    output: {
      target: `${process.env['GENERATED']}/client.ts`,
      client: 'fetch',
      mode: 'split',
      baseUrl: '',
    },
  },
};
