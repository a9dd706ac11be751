import { encode } from '../../lambda/state/document.ts';
import { A_FULL_STATE } from './a-state.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}
export type Path = readonly (string | number)[];

/** The stored document, at version 3, of a state in which every optional field is set. */
export function aDocument(): JsonObject {
  const document: JsonObject = JSON.parse(JSON.stringify(encode(A_FULL_STATE, 3)));
  return document;
}

/** The paths of all values in a document, the document itself included. */
export function pathsIn(json: Json, path: Path = []): readonly Path[] {
  return [path, ...partsOf(json).flatMap(([key, part]) => pathsIn(part, [...path, key]))];
}

/** The value at a path; throws when there is none. */
export function at(json: Json, [key, ...rest]: Path): Json {
  if (key === undefined) return json;
  const found = partsOf(json).find(([name]) => name === key);
  if (found === undefined) throw new Error(`the document has no ${key}`);
  return at(found[1], rest);
}

/** The document with another value at a path; undefined removes the path. */
export function replaced(json: Json, [key, ...rest]: Path, value: Json | undefined): Json | undefined {
  if (key === undefined) return value;
  const parts = partsOf(json).flatMap(([name, part]) => {
    const next = name === key ? replaced(part, rest, value) : part;
    return next === undefined ? [] : [[name, next] as const];
  });
  return Array.isArray(json) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

/** The document with one more field in the object at a path. */
export function added(json: Json, path: Path, key: string, value: Json): Json | undefined {
  // `fromEntries` makes an own property of any key, as `JSON.parse` does.
  return replaced(json, path, Object.fromEntries([...Object.entries(objectAt(json, path)), [key, value]]));
}

/** Whether the value at the path is an object. */
export function isObjectAt(json: Json, path: Path): boolean {
  return isObject(at(json, path));
}

function objectAt(json: Json, path: Path): JsonObject {
  const found = at(json, path);
  if (!isObject(found)) throw new Error(`no object is at ${path.join('.')}`);
  return found;
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function partsOf(json: Json): readonly (readonly [string | number, Json])[] {
  if (Array.isArray(json)) return json.map((part: Json, index) => [index, part] as const);
  return isObject(json) ? Object.entries(json) : [];
}
