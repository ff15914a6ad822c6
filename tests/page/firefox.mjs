// The lesson page in Firefox: that it opens, moves, follows links and runs operations there as well.
// Driven over Marionette, the protocol that Firefox speaks by itself.
//
//     node firefox.mjs TOOL
import {ok, strictEqual} from 'node:assert';
import {execFileSync, spawn} from 'node:child_process';
import {connect, createServer} from 'node:net';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {check, run, scratch} from './harness.mjs';

const [, , tool] = process.argv;
const folder = scratch();

function findFirefox() {
  for (const name of [process.env.FIREFOX, 'firefox-esr', 'firefox']) {
    if (!name) continue;
    try {
      execFileSync(name, ['--version'], {stdio: 'ignore'});
      return name;
    } catch {
      // not this one
    }
  }
  return '';
}

const wait = (time) =>
  new Promise((resolve) => {
    setTimeout(resolve, time);
  });

/** A port that nobody has. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address();
      server.close(() => resolve(port));
    });
  });
}

class Firefox {
  static async start(program) {
    const firefox = new Firefox();
    const profile = scratch();
    const port = await freePort();
    writeFileSync(
      join(profile, 'user.js'),
      `user_pref("marionette.port", ${port});
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);\n`,
    );
    firefox.child = spawn(
      program,
      ['--headless', '--marionette', '--no-remote', '--profile', profile],
      {stdio: 'ignore'},
    );
    for (let i = 0; i < 300 && !firefox.socket; ++i) {
      await wait(100);
      firefox.socket = await new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket));
        socket.on('error', () => resolve(undefined));
      });
    }
    firefox.waiting = new Map();
    firefox.sent = 0;
    let bytes = Buffer.alloc(0);
    firefox.socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      for (let colon; (colon = bytes.indexOf(58)) >= 0;) {
        const size = Number(bytes.subarray(0, colon).toString());
        if (bytes.length < colon + 1 + size) break;
        firefox.hear(JSON.parse(bytes.subarray(colon + 1, colon + 1 + size).toString()));
        bytes = bytes.subarray(colon + 1 + size);
      }
    });
    await firefox.call('WebDriver:NewSession', {});
    return firefox;
  }

  hear(message) {
    if (!Array.isArray(message)) return; // the greeting
    const [, id, error, result] = message;
    const {resolve, reject} = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(`${error.error}: ${error.message}`));
    else resolve(result?.value ?? result);
  }

  call(command, params) {
    const id = ++this.sent;
    const text = JSON.stringify([0, id, command, params]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {resolve, reject});
    });
  }

  async open(url) {
    await this.call('WebDriver:Navigate', {url: 'about:blank'});
    await this.call('WebDriver:Navigate', {url});
  }

  value(expression) {
    return this.call('WebDriver:ExecuteScript', {script: `return (${expression});`, args: []});
  }

  async keys(...keys) {
    for (const key of keys)
      await this.call('WebDriver:PerformActions', {
        actions: [
          {
            type: 'key',
            id: 'keys',
            actions: [
              {type: 'keyDown', value: key},
              {type: 'keyUp', value: key},
            ],
          },
        ],
      });
  }

  async stop() {
    const gone = new Promise((resolve) => {
      this.child.once('exit', resolve);
    });
    this.call('Marionette:Quit', {flags: ['eForceQuit']}).catch(() => {});
    await gone;
  }
}

const program = findFirefox();
const firefox = program ? await Firefox.start(program) : undefined;
const inFirefox = (sentence, body) =>
  check(sentence, body, () => (firefox ? '' : 'there is no Firefox'));

const lesson = `file://${join(folder, 'lesson.html')}`;
execFileSync(tool, [
  'html',
  '--ops',
  '+100,+200,+300,-1,+50,+900',
  '--capacity',
  '1000',
  '--align',
  '1',
  '-o',
  join(folder, 'lesson.html'),
]);
const title = () => firefox.value("document.querySelector('#sentence .call-title').innerText");

inFirefox('in Firefox keys move by call and by event', async () => {
  await firefox.open(lesson);
  await firefox.keys('n', 'n', 's', 's', 'b', 'n');
  strictEqual(await title(), 'pool_alloc(300) → #2 at 300');
});

inFirefox('in Firefox a link opens at its call and block, or runs its operations', async () => {
  await firefox.open(`${lesson}#call=5&block=3`);
  strictEqual(await title(), 'pool_alloc(50) → #3 at 100');
  await firefox.open(`${lesson}#cap=60&align=1&ops=+30,+20,-0,+10&policy=best&call=4`);
  strictEqual(await title(), 'pool_alloc(10) → #2 at 50');
});

inFirefox(
  'in Firefox picture, curve, bytes and carpet are drawn, and no screen scrolls both ways',
  async () => {
    await firefox.open(`${lesson}#call=5&view=carpet`);
    strictEqual(await firefox.value("document.querySelectorAll('#stage .block').length"), 5);
    ok(await firefox.value("document.querySelector('canvas.carpet').width > 1"));
    ok(await firefox.value("document.querySelectorAll('#curve polyline').length === 3"));
    ok(await firefox.value('document.documentElement.scrollWidth <= innerWidth'));
  },
);

await run();
await firefox?.stop();
