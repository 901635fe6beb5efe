// Judges schemas by where they travel. What an answer can hold is open: a client must read what the
// service may send tomorrow. What only requests carry is bounded. A schema that goes both ways, such as a
// part of a contact that is read and sent back, is judged as an answer.

const BOUNDS = [
  'enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum',
  'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'not', 'oneOf',
];
// Sent back as they were read, whatever they are.
const GIVEN_BACK = ['__v', 'keyName'];
const TEXT_BOUNDS = ['pattern', 'format', 'minLength', 'maxLength', 'enum', 'x-extensible-enum'];

/** Collects every schema object below `node`, through references, by its path in the document. */
function reach(document, node, path, found) {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.$ref === 'string') {
    reach(document, ...whole(document, node, path), found);
    return;
  }
  const key = path.join('/');
  if (found.has(key)) return;
  found.set(key, { schema: node, path });
  for (const [name, property] of Object.entries(node.properties ?? {}))
    reach(document, property, [...path, 'properties', name], found);
  for (const inner of ['items', 'additionalProperties', 'not'])
    reach(document, node[inner], [...path, inner], found);
  for (const several of ['allOf', 'anyOf', 'oneOf'])
    (node[several] ?? []).forEach((one, at) => reach(document, one, [...path, several, at], found));
}

/** A parameter, body or response, where it is written. */
function whole(document, one, path) {
  if (typeof one?.$ref !== 'string') return [one, path];
  const target = one.$ref.slice(2).split('/');
  return [target.reduce((at, key) => at?.[key], document), target];
}

function reachBodies(document, one, path, found) {
  const [body, at] = whole(document, one, path);
  for (const [type, media] of Object.entries(body?.content ?? {}))
    reach(document, media.schema, [...at, 'content', type, 'schema'], found);
}

/** The schemas of answers, and those of requests and parameters. */
function directions(document) {
  const answers = new Map();
  const requests = new Map();
  const reachParameter = (one, path) => {
    const [parameter, at] = whole(document, one, path);
    reach(document, parameter?.schema, [...at, 'schema'], requests);
  };
  for (const [route, item] of Object.entries(document.paths ?? {})) {
    (item.parameters ?? []).forEach((one, at) => reachParameter(one, ['paths', route, 'parameters', at]));
    for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
      const operation = item[method];
      if (!operation) continue;
      const path = ['paths', route, method];
      (operation.parameters ?? []).forEach((one, at) => reachParameter(one, [...path, 'parameters', at]));
      reachBodies(document, operation.requestBody, [...path, 'requestBody'], requests);
      for (const [status, response] of Object.entries(operation.responses ?? {}))
        reachBodies(document, response, [...path, 'responses', status], answers);
    }
  }
  return { answers, requests };
}

const answerFaults = ({ schema, path }) => [
  ...BOUNDS.filter((bound) => schema[bound] !== undefined)
    .map((bound) => `${path.join('.')}: \`${bound}\` shuts out answers that the service may give tomorrow`),
  ...(schema.type === 'object' && JSON.stringify(schema.additionalProperties) !== '{}'
    ? [`${path.join('.')}: an answer's object needs \`additionalProperties: {}\``] : []),
];

function requestFaults({ schema, path }) {
  const at = path.join('.');
  if (GIVEN_BACK.includes(path.at(-1))) return [];
  if (schema.type === 'string' && !TEXT_BOUNDS.some((bound) => schema[bound] !== undefined))
    return [`${at}: text in a request needs a pattern, a format, a length or its known values`];
  if (schema.type === 'integer' && schema.minimum === undefined)
    return [`${at}: a number in a request needs a minimum`];
  return [];
}

export default function (document, { judge }) {
  const { answers, requests } = directions(document);
  const [judged, faults] = judge === 'answers'
    ? [answers, answerFaults]
    : [new Map([...requests].filter(([key]) => !answers.has(key))), requestFaults];
  return [...judged.values()].flatMap((one) =>
    faults(one).map((message) => ({ message, path: one.path })));
}
