// Generators that make a type of a parameter call it as the parameter's component is called.

export default function (parameters, _, { path, document }) {
  const schemas = document.data.components?.schemas ?? {};
  return Object.keys(parameters ?? {})
    .filter((name) => name in schemas)
    .map((name) => ({ message: `the parameter ${name} is called like a schema`, path: [...path, name] }));
}
