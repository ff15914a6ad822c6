// A browser for the tests: headless Chromium, driven over its debugging pipe, so that no package and
// no port is needed. Not a test itself.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** The browser's program, or ''. */
export function findChromium() {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome']) {
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

export class Browser {
  static async start(program) {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'mempool-browser-'));
    browser.child = spawn(
      program,
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--hide-scrollbars',
        '--disable-background-networking',
        '--disable-component-update',
        `--user-data-dir=${browser.folder}`,
        '--remote-debugging-pipe',
        'about:blank',
      ],
      {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']},
    );
    browser.waiting = new Map();
    browser.sent = 0;
    browser.heard = [];
    let text = '';
    browser.child.stdio[4].on('data', (data) => {
      text += data;
      const messages = text.split('\0');
      text = messages.pop();
      for (const message of messages) browser.hear(JSON.parse(message));
    });
    const {targetId} = await browser.call('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await browser.call('Target.attachToTarget', {targetId, flatten: true});
    browser.session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Network', 'Log'])
      await browser.call(`${domain}.enable`);
    return browser;
  }

  hear(message) {
    const {id, method, params, error, result} = message;
    if (id === undefined) {
      this.heard.push({method, params});
      return;
    }
    const {resolve, reject} = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(`${error.message}`));
    else resolve(result);
  }

  call(method, params = {}) {
    const id = ++this.sent;
    const message = {id, method, params, ...(this.session && {sessionId: this.session})};
    this.child.stdio[3].write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {resolve, reject});
    });
  }

  /** Opens an address afresh, also when only its fragment is another. */
  async open(url, {width = 1366, height = 768, dark = false, scale = 1} = {}) {
    await this.call('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: scale,
      mobile: false,
    });
    await this.call('Emulation.setEmulatedMedia', {
      features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}],
    });
    await this.navigate('about:blank');
    this.heard = [];
    await this.navigate(url);
  }

  async navigate(url) {
    const before = this.heard.length;
    await this.call('Page.navigate', {url});
    for (let i = 0; i < 400; ++i) {
      if (this.heard.slice(before).some(({method}) => method === 'Page.loadEventFired')) break;
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
  }

  /** The value of an expression in the page. */
  async value(expression) {
    const {result, exceptionDetails} = await this.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async key(key) {
    const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
    const code = {ArrowRight: 39, ArrowLeft: 37, Home: 36, End: 35, Enter: 13, Tab: 9}[key];
    const params = {key, code: key, text, windowsVirtualKeyCode: code};
    await this.call('Input.dispatchKeyEvent', {type: text ? 'keyDown' : 'rawKeyDown', ...params});
    await this.call('Input.dispatchKeyEvent', {type: 'keyUp', ...params});
  }

  async keys(...keys) {
    for (const key of keys) await this.key(key);
  }

  /** Every address that was asked for since the page was opened. */
  requests() {
    return this.heard
      .filter(({method}) => method === 'Network.requestWillBeSent')
      .map(({params}) => params.request.url);
  }

  /** What went wrong in the page. */
  complaints() {
    return this.heard
      .filter(
        ({method, params}) =>
          method === 'Runtime.exceptionThrown' ||
          (method === 'Log.entryAdded' && params.entry.level === 'error'),
      )
      .map(({params}) => params.exceptionDetails?.exception?.description ?? params.entry.text);
  }

  async picture(file, whole = false) {
    const {data} = await this.call('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: whole,
    });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async stop() {
    const gone = new Promise((resolve) => {
      this.child.once('exit', resolve);
    });
    this.session = undefined;
    this.call('Browser.close').catch(() => {});
    await gone;
    try {
      rmSync(this.folder, {recursive: true, force: true, maxRetries: 9, retryDelay: 100});
    } catch {
      // a process of the browser's still writes there: the folder is in the system's temporary one
    }
  }
}
