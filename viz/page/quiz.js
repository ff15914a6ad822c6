// Quiz: questions that are asked before a call runs. The future is hidden until an answer is
// committed; the answer is kept, the call runs, and right or wrong is shown with the reason.
//
//     [{"call":7, "question":"...", "choices":[{"text":"f2 at 40", "right":true, "why":"..."}],
//       "accept":["40", "0x28"], "why":"...", "hint":"..."}]
import {button, make} from './dom.js';

/** Questions in the order of their calls; what is none is left out. */
export function readQuiz(text) {
  if (text === '') return {questions: []};
  try {
    const said = JSON.parse(text);
    if (!Array.isArray(said)) return {questions: [], why: 'the quiz is no list of questions'};
    const questions = said.filter(
      (each) =>
        Number.isInteger(each?.call) &&
        typeof each.question === 'string' &&
        (each.choices?.length > 0 || each.accept?.length > 0),
    );
    const lost = said.length - questions.length;
    return {
      questions: questions.sort((a, b) => a.call - b.call),
      why: lost === 0 ? '' : `${lost} of the questions could not be read`,
    };
  } catch {
    return {questions: [], why: 'the quiz could not be read'};
  }
}

/** The words and numbers of an answer: radix, units and the signs between entries do not count. */
function tokensOf(text) {
  const words = String(text)
    .toLowerCase()
    .match(/0x[0-9a-f]+|\d+|[a-z]+/g);
  return (words ?? [])
    .filter((word) => !['b', 'byte', 'bytes'].includes(word))
    .map((word) => (/^\d/.test(word) ? String(Number(word)) : word));
}

export function sameAnswer(given, wanted) {
  const [a, b] = [tokensOf(given), tokensOf(wanted)];
  return a.length !== 0 && a.join(' ') === b.join(' ');
}

export class Quiz {
  constructor(questions) {
    this.questions = questions;
    this.answers = new Map(); // index of a question -> {given, right, why}
    this.on = questions.length !== 0;
  }

  /** Only questions about calls that are there, and have one before them, can be asked. */
  static about(timeline, questions) {
    return new Quiz(questions.filter(({call}) => timeline.places.get(call) > 0));
  }

  /** The first question that is not answered; undefined: all are, or the quiz is off. */
  open() {
    if (!this.on) return undefined;
    const index = this.questions.findIndex((_, i) => !this.answers.has(i));
    return index < 0 ? undefined : {index, ...this.questions[index]};
  }

  commit(index, given) {
    const question = this.questions[index];
    const chosen = question.choices?.[given];
    const right = chosen
      ? chosen.right === true
      : (question.accept ?? []).some((wanted) => sameAnswer(given, wanted));
    const why = [...new Set([chosen?.why, question.why])].filter(Boolean).join(' ');
    this.answers.set(index, {given: chosen ? chosen.text : given, right, why});
    return this.open()?.call !== question.call; // the call can run
  }

  score() {
    return [...this.answers.values()].filter(({right}) => right).length;
  }
}

function askOf(quiz, question, commit) {
  const name = `answer-${question.index}`;
  const choose = question.choices?.length > 0;
  const inputs = choose
    ? question.choices.map((choice, i) =>
        make(
          'label',
          {class: 'choice'},
          make('input', {type: 'radio', name, value: i, 'data-key': `${name} ${i}`}),
          ' ',
          choice.text,
        ),
      )
    : [
        make(
          'label',
          {},
          'Your answer ',
          make('input', {
            type: 'text',
            name,
            autocomplete: 'off',
            spellcheck: 'false',
            'data-key': name,
          }),
        ),
      ];
  const form = make(
    'form',
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          const field = form.elements[name];
          const given = choose ? form.querySelector('input:checked')?.value : field.value;
          if (given === undefined || String(given).trim() === '') return;
          commit(question.index, given);
        },
      },
    },
    make('fieldset', {}, make('legend', {}, question.question), ...inputs),
    make('button', {type: 'submit', 'data-key': 'commit'}, 'Commit the answer'),
  );
  return form;
}

/** The card. view: {quiz, call, go, commit, hint, showHint}. */
export function drawQuiz({quiz, call, goTo, commit, hint, showHint}) {
  if (!quiz.on || quiz.questions.length === 0) return [];
  const open = quiz.open();
  const parts = [make('h2', {}, 'Predict')];
  const answered = (about) =>
    [...quiz.answers].filter(([index]) => quiz.questions[index].call === about);
  for (const [index, answer] of answered(call)) parts.push(resultOf(quiz.questions[index], answer));
  if (!open) {
    parts.push(scoreOf(quiz, goTo));
  } else if (call === open.call - 1) {
    const kept = answered(open.call).map(([, {given}]) => given);
    if (kept.length !== 0)
      parts.push(make('p', {class: 'quiet'}, `Kept until the call runs: ${kept.join('; ')}.`));
    parts.push(
      make(
        'p',
        {class: 'quiet'},
        `Before call ${open.call}, question ${open.index + 1} of ${quiz.questions.length}:`,
      ),
      askOf(quiz, open, commit),
    );
    if (hint)
      parts.push(
        make(
          'p',
          {role: 'status'},
          open.hint ??
            "The free list and its sizes are above; say the policy's rule aloud and walk it.",
        ),
      );
    else parts.push(button('Hint', showHint, {'data-key': 'hint'}));
  } else {
    parts.push(
      make('p', {}, `The next question waits before call ${open.call}.`),
      button(`Go there`, () => goTo(open.call - 1), {'data-key': 'quiz-go'}),
    );
  }
  return [make('div', {class: 'card'}, ...parts)];
}

function resultOf(question, {given, right, why}) {
  return make(
    'div',
    {class: right ? 'right' : 'wrong', role: 'status'},
    make('p', {class: 'quiet'}, question.question),
    make('p', {}, make('b', {}, right ? '✓ Right. ' : '✗ Not so. '), `You said: ${given}.`),
    why !== '' && make('p', {}, why),
    !right && make('p', {class: 'quiet'}, `Right: ${rightAnswer(question)}.`),
  );
}

function rightAnswer(question) {
  const choice = question.choices?.find((each) => each.right === true);
  return choice ? choice.text : (question.accept?.[0] ?? '?');
}

function scoreOf(quiz, goTo) {
  const missed = [...quiz.answers].filter(([, answer]) => !answer.right);
  return make(
    'div',
    {},
    make('p', {class: 'score'}, `Score: ${quiz.score()} of ${quiz.questions.length}`),
    missed.length > 0 &&
      make(
        'p',
        {},
        'Look again at: ',
        ...missed.map(([index]) => {
          const {call} = quiz.questions[index];
          return button(`call ${call}`, () => goTo(call), {'data-key': `missed ${index}`});
        }),
      ),
  );
}
