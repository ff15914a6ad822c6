// What the page's tests share: cases in sentences, reported as TAP, and the page's modules. Not a
// test itself.
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const cases = [];
const scratches = [];

/** A case; missing() says what it needs and is not there, and then it is skipped. */
export function check(sentence, body, missing = () => '') {
  cases.push({sentence, body, missing});
}

/** An empty folder, gone at the end. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'mempool-page-'));
  scratches.push(folder);
  return folder;
}

/** The page's modules, as they are in the source, where node takes them for modules. */
export async function load(source, ...names) {
  const folder = scratch();
  cpSync(source, folder, {recursive: true});
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const loaded = {};
  for (const name of names) Object.assign(loaded, await import(pathToFileURL(join(folder, name))));
  return loaded;
}

/** Seeded, so that every run of a test is the same: mulberry32's 32-bit steps. */
export function randomizer(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (count) => next() % count,
    from: (choices) => choices[next() % choices.length],
  };
}

export async function run() {
  console.log('TAP version 13');
  for (const [at, {sentence, body, missing}] of cases.entries()) {
    const lacks = await missing();
    if (lacks) {
      console.log(`ok ${at + 1} - ${sentence} # SKIP ${lacks}`);
      continue;
    }
    try {
      await body();
      console.log(`ok ${at + 1} - ${sentence}`);
    } catch (error) {
      console.log(`not ok ${at + 1} - ${sentence}`);
      console.error(`${sentence}:\n${error.stack}`);
    }
  }
  console.log(`1..${cases.length}`);
  for (const folder of scratches) rmSync(folder, {recursive: true, force: true});
}
