import { defineConfig } from '@kubb/core';
import { pluginClient } from '@kubb/plugin-client';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';

export default defineConfig({
  input: { path: process.env['SPEC'] },
  output: { path: process.env['GENERATED'], clean: true },
  plugins: [
    pluginOas({ generators: [] }),
    pluginTs(),
    // With status and headers; its library stands beside what is generated.
    pluginClient({ client: 'fetch', dataReturnType: 'full', bundle: true }),
  ],
});
