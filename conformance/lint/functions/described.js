// Whoever reads generated code sees the description of an open set, and nothing of its extension.

export default function (schema, _, { path }) {
  const description = schema?.description ?? '';
  return (schema?.['x-extensible-enum'] ?? [])
    .filter((value) => !description.includes(`\`${value}\``))
    .map((value) => ({ message: `the description doesn't name the known value \`${value}\``, path }));
}
