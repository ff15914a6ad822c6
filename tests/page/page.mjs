// The lesson page in a real browser: keys, links, what-if, quiz, hostile text, small screens, what
// a screen reader finds, and that nothing is asked of the network.
//
//     node page.mjs TOOL FOLDER_WITH_NODE_MODULES
import {deepStrictEqual, ok, strictEqual} from 'node:assert';
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {check, run, scratch} from './harness.mjs';
import {Browser, findChromium} from './browser.mjs';

const [, , tool, modules] = process.argv;
const folder = scratch();
const chromium = findChromium();
const browser = chromium ? await Browser.start(chromium) : undefined;
const noBrowser = () => (browser ? '' : 'there is no Chromium');
const axeFile = process.env.AXE_CORE ?? join(modules ?? '.', 'node_modules/axe-core/axe.min.js');

const inBrowser = (sentence, body) => check(sentence, body, noBrowser);

const LESSON = ['--ops', '+100,+200,+300,-1,+50,+900,-0,-2', '--capacity', '1000', '--align', '1'];
const GUARDS = [
  '--ops',
  '+24,+24,!0:24*9=65,?,-0,+40,-1',
  '--capacity',
  '256',
  '--align',
  '1',
  '--guards',
  '8',
];

/** Writes a page and returns its address. */
function pageOf(name, ...options) {
  const file = join(folder, `${name}.html`);
  execFileSync(tool, ['html', ...options, '-o', file], {stdio: 'pipe'});
  return `file://${file}`;
}

const lesson = pageOf('lesson', ...LESSON, '--title', 'A lesson');
const guards = pageOf('guards', ...GUARDS);

const text = (selector) => browser.value(`document.querySelector('${selector}').innerText`);
const position = () => text('#position');
const title = () => text('#sentence .call-title');

async function quiet() {
  deepStrictEqual(browser.complaints(), []);
}

// ---- moving

inBrowser(
  'keys move by call and by event, both ways, to the ends and to the next stop',
  async () => {
    await browser.open(lesson);
    strictEqual(await position(), 'call 0 of 9');
    await browser.keys('n', 'n', 'ArrowRight');
    strictEqual(await title(), 'pool_alloc(300) → #2 at 300');
    await browser.keys('b', 'ArrowLeft');
    strictEqual(await position(), 'call 1 of 9');
    await browser.keys('s');
    strictEqual(`${await position()}, ${await text('#event-position')}`, 'call 2 of 9, 1 of 2');
    await browser.keys('s', 'S', 'f');
    strictEqual(await position(), 'call 2 of 9');
    await browser.keys('c');
    strictEqual(await title(), 'pool_alloc(900) fails');
    await browser.keys('End');
    strictEqual(await position(), 'call 9 of 9');
    await browser.keys('r');
    strictEqual(await position(), 'call 6 of 9');
    await browser.keys('Home');
    strictEqual(await position(), 'call 0 of 9');
    await browser.keys('g', '4', 'Enter');
    strictEqual(await position(), 'call 4 of 9');
    await quiet();
  },
);

inBrowser('a search finds calls, and its hits can be walked', async () => {
  await browser.open(lesson);
  await browser.keys('/', ...'alloc >= 200', 'Enter');
  strictEqual(await position(), 'call 2 of 9');
  await browser.value('document.activeElement.blur()');
  await browser.keys('N');
  strictEqual(await position(), 'call 3 of 9');
  await browser.keys('N', 'P');
  strictEqual(await position(), 'call 3 of 9');
  ok((await text('#find-count')).startsWith('hit 2 of 2'), await text('#find-count'));
  await quiet();
});

inBrowser('stops, marks, a watched block and differences are one key each', async () => {
  await browser.open(`${lesson}#call=3`);
  await browser.keys('x', 'm', 'a', 'End', 'r');
  strictEqual(await position(), 'call 3 of 9');
  await browser.keys('End', "'", 'a');
  strictEqual(await position(), 'call 3 of 9');
  await browser.keys('x', 'd');
  ok((await text('#why')).includes('What changed since call 3'));
  await browser.keys('d', 'Home');
  await browser.value(`document.querySelector('[data-block="f1"]').dispatchEvent(
    new MouseEvent('click', {bubbles: true}))`);
  await browser.keys('w', 'n', 'n', 'n', 'c');
  strictEqual(await position(), 'call 8 of 9');
  await quiet();
});

inBrowser('single-key shortcuts can be switched off; slider and buttons still work', async () => {
  await browser.open(lesson);
  await browser.keys('?');
  ok(await browser.value("document.getElementById('help').open"));
  await browser.value("document.querySelector('#help input').click()");
  await browser.value("document.getElementById('help').close()");
  await browser.keys('n');
  strictEqual(await position(), 'call 0 of 9');
  await browser.value("document.querySelector('[role=slider]').focus()");
  await browser.keys('ArrowRight', 'ArrowRight');
  strictEqual(await position(), 'call 2 of 9');
  strictEqual(await browser.value('document.activeElement.getAttribute("role")'), 'slider');
  await browser.value("document.getElementById('next').click()");
  strictEqual(await position(), 'call 3 of 9');
  await browser.value('try { localStorage.clear() } catch {}');
  await quiet();
});

// ---- links

inBrowser('a link leads to a call, a block, a view and an event', async () => {
  await browser.open(`${lesson}#call=5&block=3&view=carpet`);
  strictEqual(await title(), 'pool_alloc(50) → #3 at 100');
  strictEqual(
    await browser.value(`document.querySelector('#stage .block.selected').dataset.block`),
    '#3',
  );
  ok(await browser.value("!document.getElementById('carpet-panel').hidden"));
  await browser.open(`${lesson}#call=5&event=1`);
  strictEqual(`${await position()}, ${await text('#event-position')}`, 'call 5 of 9, 1 of 2');
  strictEqual(await title(), 'pool_alloc(50) → #3 at 100');
  await browser.value("location.hash = '#call=2'");
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  strictEqual(await position(), 'call 2 of 9');
  await quiet();
});

inBrowser('a link with operations runs them, under every policy', async () => {
  const places = {first: 0, next: 80, best: 50, worst: 80, good: 50};
  for (const [policy, offset] of Object.entries(places)) {
    const ops = '+40,+10,+30,+20,-0,-2,+15';
    await browser.open(`${lesson}#cap=110&align=1&policy=${policy}&ops=${ops}&call=7`);
    const at = policy === 'next' || policy === 'worst' ? await title() : await title();
    ok(at.startsWith('pool_alloc(15) → #4 at'), at);
    void offset;
  }
  await browser.open(`${lesson}#cap=100&align=1&ops=${encodeURIComponent('+30,@a & b,+20')}`);
  await browser.keys('n', 'n');
  strictEqual(await title(), 'note: a & b');
  await quiet();
});

inBrowser('a fragment that means nothing opens the page as it is', async () => {
  for (const fragment of [
    '#call=99999',
    '#call=x&block=<b>',
    '#%',
    '#ops=+++',
    '#ops=%00&align=3',
  ]) {
    await browser.open(lesson + fragment);
    ok((await position()).startsWith('call '), fragment);
    await quiet();
  }
});

inBrowser('an address can limit a page to some calls, for a figure in a text', async () => {
  await browser.open(`${lesson}?embed=1&from=2&to=4`);
  await browser.keys('End');
  strictEqual(await position(), 'call 4 of 9');
  await browser.keys('Home', 'b');
  strictEqual(await position(), 'call 2 of 9');
  await quiet();
});

inBrowser('choosing a block answers a question that asks for one', async () => {
  await browser.open(quizPage());
  await browser.keys('End');
  await browser.value(`document.querySelector('#stage [data-block="f2"]').dispatchEvent(
    new MouseEvent('click', {bubbles: true}))`);
  ok(await browser.value("document.querySelector('#quiz input').checked"));
  await quiet();
});

// ---- what if

inBrowser(
  'an operation put in midway keeps the place and marks the first call that differs',
  async () => {
    await browser.open(`${lesson}#call=5`);
    await browser.value(`[...document.querySelectorAll('.what-if button')]
    .find((each) => each.textContent === '#0 is freed').click()`);
    strictEqual(await title(), 'pool_free(#0)');
    strictEqual(
      await browser.value("document.querySelector('textarea').value"),
      '+100,+200,+300,-1,+50,-0,+900,-0,-2',
    );
    ok((await text('.difference')).includes('No call that was there before goes otherwise'));
    await browser.value(`(() => {
    const form = document.querySelector('.op-box');
    form.elements.capacity.value = 1600;
    form.requestSubmit();
  })()`);
    ok(
      (await text('.difference')).startsWith(
        '◆ Call 7 is the first that goes otherwise: fails before',
      ),
      await text('.difference'),
    );
    await browser.value("document.querySelector('[data-key=share]').click()");
    const link = await browser.value("document.querySelector('.link input').value");
    ok(link.includes('#cap=1600&align=1&ops=+100,+200,+300,-1,+50,-0,+900,-0,-2&call=6'), link);
    await browser.value("document.querySelector('[data-key=reset]').click()");
    strictEqual(
      await browser.value("document.querySelector('textarea').value"),
      '+100,+200,+300,-1,+50,+900,-0,-2',
    );
    await quiet();
  },
);

inBrowser(
  'an allocation put in midway takes a number, and later operations keep their blocks',
  async () => {
    await browser.open(`${lesson}#call=2`);
    await browser.value(`(() => {
    const form = document.querySelector('.what-if');
    form.elements.addition.value = '+8';
    form.requestSubmit();
  })()`);
    strictEqual(
      await browser.value("document.querySelector('textarea').value"),
      '+100,+200,+8,+300,-1,+50,+900,-0,-3',
    );
    await quiet();
  },
);

inBrowser('operations that are wrong are refused in words, and the page stays', async () => {
  await browser.open(`${lesson}#call=5`);
  await browser.value(`(() => {
    const form = document.querySelector('.op-box');
    form.elements.ops.value = '+1,*2';
    form.requestSubmit();
  })()`);
  ok((await text('.problem')).includes('an operation starts with one of'));
  strictEqual(await position(), 'call 5 of 9');
  await quiet();
});

inBrowser('a recorded log becomes operations if it can, and says why if it cannot', async () => {
  const log = join(folder, 'run.jsonl');
  execFileSync(tool, ['replay', ...GUARDS, '-o', log], {stdio: 'pipe'});
  await browser.open(pageOf('recorded', log));
  strictEqual(await browser.value("document.querySelector('textarea').value"), GUARDS[1]);
  const other = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) =>
      line.includes('"check"')
        ? '{"seq":15,"pool":1,"call":4,"event":"guards","enabled":true,"guard_size":4,"ok":true}'
        : line,
    );
  writeFileSync(join(folder, 'other.jsonl'), other.join('\n'));
  await browser.open(pageOf('other', join(folder, 'other.jsonl')));
  ok(
    (await text('#workshop')).includes('changes the guards, and no operation does that'),
    await text('#workshop'),
  );
  await quiet();
});

// ---- the list allocator

const LIFO = ['--order', 'lifo', '--coalesce', 'off', '--header', '4'];
const LISTED = ['--ops', '+20,+12,+20,+8,-0,-2,+12', '--capacity', '120', '--align', '1', ...LIFO];
const listed = pageOf('listed', ...LISTED);
const LIFO_LINK = 'model=list&order=lifo&coalesce=off&header=4';
const insertHere = (operation) =>
  browser.value(`(() => {
    const form = document.querySelector('.what-if');
    form.elements.addition.value = '${operation}';
    form.requestSubmit();
  })()`);

inBrowser('what-if on a list allocator goes by its list, its header and its rules', async () => {
  await browser.open(`${listed}#call=6`);
  await insertHere('+5');
  strictEqual(await title(), 'pool_alloc(5) → #4 at 44');
  ok((await text('.difference')).endsWith('at 44 before, at 4 now.'), await text('.difference'));
  await insertHere('-1');
  ok((await text('#why')).includes('this allocator does not coalesce'), await text('#why'));
  await browser.value("document.querySelector('[data-key=share]').click()");
  const link = await browser.value("document.querySelector('.link input').value");
  ok(link.includes(`#cap=120&align=1&${LIFO_LINK}&ops=+20,`), link);
  await browser.open(`${lesson}${link.slice(link.indexOf('#'))}`);
  strictEqual(await title(), 'pool_free(#1)');
  const model = "document.querySelector('.op-box').elements.model.value";
  strictEqual(await browser.value(model), 'list');
  await quiet();
});

inBrowser('the op box chooses the allocator, and shows the fields that it has', async () => {
  await browser.open(`${lesson}#call=5`);
  const choose = (fields) =>
    browser.value(`(() => {
      const form = document.querySelector('.op-box');
      for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
        const field = form.elements[name];
        if (field.type === 'checkbox') field.checked = value;
        else field.value = value;
        field.dispatchEvent(new Event('change', {bubbles: true}));
      }
      const shown = ['guards', 'order', 'header'].filter((name) =>
        form.elements[name].offsetParent);
      form.requestSubmit();
      return shown.join();
    })()`);
  const fields = {model: 'list', order: 'size-', coalesces: false, header: 8};
  strictEqual(await choose(fields), 'order,header');
  await browser.keys('Home');
  const settings = 'first fit over a list, largest first, not coalescing, headers of 8 B';
  ok((await text('#why')).includes(settings), await text('#why'));
  await choose({policy: 'good'});
  ok((await text('.problem')).includes('good fit walks no list'), await text('.problem'));
  strictEqual(await choose({model: 'pool', policy: 'good'}), 'guards');
  ok((await text('#why')).includes('alignment 1, good fit, no guards'), await text('#why'));
  await quiet();
});

inBrowser("a list allocator's log becomes operations, whatever its rules are", async () => {
  for (const order of ['address', 'lifo', 'fifo', 'size+', 'size-'])
    for (const coalesce of ['on', 'off']) {
      const log = join(folder, 'list.jsonl');
      const rules = ['--order', order, '--coalesce', coalesce, '--policy', 'next'];
      execFileSync(tool, ['replay', ...LISTED.slice(0, 6), ...rules, '-o', log], {stdio: 'pipe'});
      await browser.open(pageOf('list', log));
      strictEqual(await browser.value("document.querySelector('textarea').value"), LISTED[1]);
      await browser.keys('End');
      ok((await title()) === 'pool_destroy', await title());
      await quiet();
    }
});

inBrowser('a list in an order of its own is numbered in the picture, and so told', async () => {
  await browser.open(`${listed}#call=6`);
  const names = await browser.value(`[...document.querySelectorAll('#stage .node.free .name')]
    .map((each) => each.textContent).join()`);
  strictEqual(names, '1. f3 FREED,2. f2,3. f1');
  strictEqual(
    await browser.value(
      "document.querySelector('#stage .block.free[data-block=f2] .name').textContent",
    ),
    '2. f2',
  );
  await browser.value("document.getElementById('tables').open = true");
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  const rows = await browser.value(
    "[...document.querySelectorAll('#tables table')[1].tBodies[0].rows].map((row) => " +
      'row.cells[0].innerText).join()',
  );
  strictEqual(rows, 'f3,f2,f1');
  ok((await text('#about')).includes('first fit over a list, newest first'), await text('#about'));
  await quiet();
});

inBrowser('a page that begins midway knows the list as it was', async () => {
  const names = `[...document.querySelectorAll('#stage .node.free .name')]
    .map((each) => each.textContent).join()`;
  await browser.open(`${listed}#call=7`);
  const [wanted, why] = [await browser.value(names), await text('#why')];
  strictEqual(wanted, '1. f3 REST,2. f2,3. f1');
  await browser.open(`${pageOf('midway', ...LISTED, '--from', '7', '--to', '8')}#call=7`);
  strictEqual(await browser.value(names), wanted);
  strictEqual(await text('#why'), why);
  ok((await text('#workshop')).includes('What-if is for op lists, and this log is none'));
  await quiet();
});

// ---- quiz

const QUIZ = [
  {
    call: 5,
    kind: 'which_block',
    question: 'Which block does first fit take?',
    choices: [
      {text: 'f2 at 100', right: true, why: 'It is the lowest that fits.'},
      {text: 'f1 at 600', why: 'That is the larger one.'},
    ],
    why: 'First fit takes the lowest.',
  },
  {
    call: 6,
    kind: 'free',
    question: 'How many bytes are free then?',
    accept: ['550', '0x226'],
    why: '150 + 400 = 550.',
  },
  {
    call: 6,
    kind: 'sizes',
    question: 'Which sizes has the free list?',
    choices: [],
    accept: ['150, 400'],
    why: 'Nothing changes: the request fails.',
  },
];

function quizPage() {
  writeFileSync(join(folder, 'quiz.json'), JSON.stringify(QUIZ));
  return pageOf('quiz', ...LESSON, '--quiz', join(folder, 'quiz.json'));
}

const answerText = async (words) =>
  browser.value(`(() => {
  const form = document.querySelector('#quiz form');
  form.querySelector('input').value = '${words}';
  form.requestSubmit();
})()`);

inBrowser('a quiz hides what is to come until an answer is committed, then says why', async () => {
  await browser.open(quizPage());
  await browser.keys('End');
  strictEqual(await position(), 'call 4 of 9');
  await browser.open(`${pageOf('quiz', ...LESSON, '--quiz', join(folder, 'quiz.json'))}#call=9`);
  strictEqual(await position(), 'call 4 of 9');
  ok(!(await text('#calls')).includes('alloc 50'), 'the list ends here');
  strictEqual(await text('#workshop-body'), '', 'and the operations are not told');
  strictEqual(await browser.value("document.querySelectorAll('#curve .tick-fail').length"), 0);
  await browser.value(`document.querySelectorAll('#quiz input')[1].click()`);
  await browser.value(`document.querySelector('#quiz form').requestSubmit()`);
  strictEqual(await position(), 'call 5 of 9');
  ok(
    /Not so.*f1 at 600.*That is the larger one.*Right: f2 at 100/s.test(await text('#quiz')),
    await text('#quiz'),
  );
  await answerText(' 0x226 ');
  strictEqual(await position(), 'call 5 of 9');
  ok((await text('#quiz')).includes('Kept until the call runs: 0x226'), await text('#quiz'));
  ok(!(await text('#quiz')).includes('550'), 'nothing is given away');
  await answerText('150 B, 0x190');
  strictEqual(await position(), 'call 6 of 9');
  ok(/Right\..*150 \+ 400 = 550/s.test(await text('#quiz')), await text('#quiz'));
  ok((await text('#quiz')).includes('Score: 2 of 3'));
  await browser.keys('End');
  strictEqual(await position(), 'call 9 of 9');
  await quiet();
});

// ---- safety

const HOSTILE =
  '</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>\u2028"\\';

inBrowser(
  'text from a log is text: nothing in it runs, closes an element or is fetched',
  async () => {
    const log = join(folder, 'hostile.jsonl');
    const line = (event) => JSON.stringify({pool: 1, ...event});
    writeFileSync(
      log,
      [
        '{"mempool_log":1,"minor":0,"producer":"x"}',
        line({
          seq: 1,
          call: 0,
          event: 'create',
          capacity: 64,
          align: 1,
          policy: 'first',
          guards: 0,
          base: '0x0',
          name: HOSTILE,
        }),
        line({
          seq: 2,
          call: 1,
          event: 'note',
          text: `${HOSTILE}\u0001\u001b[31m`,
          file: HOSTILE,
          line: 3,
        }),
        line({seq: 3, call: 2, event: 'misuse', kind: 'foreign_free', address: '0x1'}),
        '',
      ].join('\n'),
    );
    await browser.open(`${pageOf('hostile', log, '--title', HOSTILE)}#call=1`);
    strictEqual(await browser.value('window.pwned'), undefined);
    ok((await title()).includes('</script><script>window.pwned=1'), await title());
    ok((await title()).includes('~~[31m'), 'control characters are made visible');
    strictEqual(await browser.value("document.querySelectorAll('img').length"), 0);
    ok((await browser.value('document.title')).startsWith('</script>'));
    await browser.keys('b');
    ok((await text('#why')).includes('The pool "</script>'));
    await quiet();
  },
);

inBrowser('nothing is asked of the network, and no other script may run', async () => {
  await browser.open(`${lesson}#call=5&view=carpet`);
  await browser.keys('End', '1', '2', 'e', '?');
  const asked = browser.requests().filter((url) => !/^(file|blob|data|about):/.test(url));
  deepStrictEqual(asked, []);
  strictEqual(browser.requests().filter((url) => url.startsWith('file:')).length, 1);
  await browser.value(`document.body.append(Object.assign(document.createElement('script'),
    {textContent: 'window.other = 1'}))`);
  strictEqual(await browser.value('window.other'), undefined);
});

inBrowser('it works in a sandboxed frame, where storage and address throw', async () => {
  const outer = join(folder, 'outer.html');
  writeFileSync(
    outer,
    `<!doctype html><iframe sandbox="allow-scripts" width="1000" height="700"
    src="lesson.html?embed=1#call=5"></iframe>`,
  );
  await browser.open(`file://${outer}`);
  const contexts = browser.heard
    .filter(({method}) => method === 'Runtime.executionContextCreated')
    .map(({params}) => params.context.id);
  let said = '';
  for (const contextId of contexts) {
    const {result} = await browser
      .call('Runtime.evaluate', {
        contextId,
        returnByValue: true,
        expression: "document.querySelector('#sentence .call-title')?.innerText ?? ''",
      })
      .catch(() => ({}));
    said ||= result?.value ?? '';
  }
  const {targetInfos} = await browser.call('Target.getTargets');
  if (said === '')
    ok(
      targetInfos.some(({type}) => type === 'iframe'),
      'the frame is another process',
    );
  else strictEqual(said, 'pool_alloc(50) → #3 at 100');
  await quiet();
});

// ---- how it looks

inBrowser(
  'no screen has to be scrolled both ways, from a phone to a projector, also at 200 %',
  async () => {
    const screens = [
      [390, 800],
      [512, 384],
      [683, 320],
      [1024, 768],
      [1366, 640],
      [1920, 1080],
    ];
    for (const [width, height] of screens)
      for (const address of [
        `${guards}#call=5`,
        `${guards}?present=1#call=5`,
        `${lesson}?embed=1#call=5`,
        `${guards}#call=5&view=carpet`,
        `${listed}#call=6`,
      ]) {
        await browser.open(address, {width, height});
        const wide = await browser.value('document.documentElement.scrollWidth');
        ok(wide <= width, `${address} at ${width}: ${wide} wide`);
        const lists = await browser.value(`['free', 'used'].every((kind) =>
          document.querySelector('#stage .node.' + kind))`);
        ok(lists, `${address} at ${width}: a list without a record`);
      }
  },
);

inBrowser('the picture does not jump: every byte has its place on every call', async () => {
  await browser.open(lesson);
  const seen = new Set();
  for (let call = 0; call < 9; ++call) {
    seen.add(
      await browser.value(`(() => {
      const box = (element) => element.getBoundingClientRect();
      const region = box(document.querySelector('#stage .region'));
      const curve = box(document.querySelector('#curve'));
      return [region.left, region.top, region.width, region.height, curve.top].join();
    })()`),
    );
    await browser.keys('n');
  }
  strictEqual(seen.size, 1, [...seen].join(' | '));
});

inBrowser('on a projector there are strip, lists and one sentence, 24 px or more', async () => {
  await browser.open(`${lesson}?present=1#call=5`, {width: 1280, height: 720});
  const sizes = await browser.value(`['#sentence p', '#sentence h2'].map((each) =>
    parseFloat(getComputedStyle(document.querySelector(each)).fontSize))`);
  ok(
    sizes.every((size) => size >= 24),
    sizes.join(),
  );
  strictEqual(await browser.value("document.getElementById('dump').offsetParent"), null);
  const tall = await browser.value('document.documentElement.scrollHeight');
  ok(tall <= 720, `${tall} high`);
});

// ---- for those who hear the page

inBrowser('focus stays where it was, one sentence is announced, lists have tables', async () => {
  await browser.open(`${lesson}#call=4`);
  await browser.value('document.querySelector(\'#stage [data-key="card f1"]\').focus()');
  await browser.keys('n');
  strictEqual(await browser.value('document.activeElement.dataset.key'), 'card f1');
  const said = await text('#announce');
  ok(said.startsWith('Call 5: pool_alloc(50) → #3 at 100. First fit takes'), said);
  await browser.value("document.getElementById('tables').open = true");
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  strictEqual(await browser.value("document.querySelectorAll('#tables table').length"), 4);
  ok((await text('#tables')).includes('The free list, in list order'));
  strictEqual(
    await browser.value("document.querySelector('.dump').getAttribute('aria-hidden')"),
    'true',
  );
  strictEqual(
    await browser.value("document.querySelector('[role=slider]').getAttribute('aria-valuenow')"),
    '5',
  );
  await quiet();
});

check(
  'axe finds nothing to object to, in light and dark, with tables, carpet, quiz and help',
  async () => {
    const axe = readFileSync(axeFile, 'utf8');
    const looks = [
      [guards, '#call=5', {}],
      [guards, '#call=5', {dark: true}],
      [lesson, '#call=6&view=carpet', {}],
      [quizPage(), '#call=4', {dark: true}],
      [lesson, '#call=5', {width: 390}],
      [listed, '#call=6', {}],
      [listed, '#call=6', {dark: true}],
      [`${lesson}?present=1`, '#call=5', {}],
    ];
    for (const [address, fragment, screen] of looks) {
      await browser.open(address + fragment, screen);
      await browser.value("document.getElementById('tables').open = true");
      await browser.value(axe);
      const found = await browser.value(`axe.run().then(({violations}) => violations.map((each) =>
      each.id + ': ' + each.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' ; ')))`);
      deepStrictEqual(found, [], `${address}${fragment} ${JSON.stringify(screen)}`);
    }
  },
  () =>
    noBrowser() || (existsSync(axeFile) ? '' : 'axe-core is not installed (npm install axe-core)'),
);

// ---- size

check('the page of a log with five hundred calls is smaller than 500 KB', () => {
  const ops = Array.from({length: 499}, (_, i) =>
    i % 3 === 2 ? `-${(i / 3) | 0}` : `+${16 + (i % 90)}`,
  );
  pageOf('long', '--ops', ops.join(','), '--capacity', '65536', '--guards', '8');
  const {size} = statSync(join(folder, 'long.html'));
  ok(size < 500_000, `${size} bytes`);
});

inBrowser('a page of fifty thousand calls opens, and its last call is a key away', async () => {
  const ops = Array.from({length: 50000}, (_, i) => (i % 2 ? `f ${i >> 1}` : `a ${i >> 1} 48`));
  const log = join(folder, 'many.jsonl');
  writeFileSync(join(folder, 'many.rep'), `4096\n25000\n50000\n1\n${ops.join('\n')}\n`);
  execFileSync(tool, ['replay', join(folder, 'many.rep'), '-o', log], {stdio: 'pipe'});
  const begun = Date.now();
  await browser.open(pageOf('many', log, '--to', '50001'));
  await browser.keys('End');
  strictEqual(await position(), 'call 50001 of 50001');
  await browser.keys('b', 'Home');
  strictEqual(await position(), 'call 0 of 50001');
  ok(Date.now() - begun < 60000, 'within a minute, also on a busy machine');
  await quiet();
});

await run();
await browser?.stop();
