import { ALERT_KINDS, forEachProblem, PROBLEM_KINDS, PROBLEMS } from '../../lambda/core/problem.ts';

test('the problems are in the order in which the first that applies is the verdict', () => {
  expect(PROBLEMS).toEqual(['unreadable', 'disabled', 'failing', 'never_succeeded', 'stalled']);
});

test('every problem of a sync has a kind, and there is no other kind', () => {
  expect(Object.keys(PROBLEM_KINDS).toSorted()).toEqual(PROBLEMS.toSorted());
});

test('an alert can be about every problem of a sync and about the listing', () => {
  expect(Object.keys(ALERT_KINDS).toSorted()).toEqual([...PROBLEMS, 'listing_failed'].toSorted());
});

// What people read, and the rules of docs/design/diagnosis.md ("Severity", "Healthy needs proof").
test.each([
  [
    'unreadable',
    'could not be read',
    'could not be read',
    'unreadable',
    'warning',
    'readable',
    'SyncsUnreadable',
  ],
  ['disabled', 'is disabled', 'was disabled', 'disabled', 'critical', 'enabled', 'SyncsDisabled'],
  ['failing', 'is failing', 'was failing', 'failing', 'by_age', 'not_failing', 'SyncsFailing'],
  [
    'never_succeeded',
    'has never succeeded',
    'had never succeeded',
    'without any success',
    'by_age',
    'fresh',
    'SyncsNeverSucceeded',
  ],
  ['stalled', 'has stalled', 'was stalled', 'stalled', 'by_age', 'fresh', 'SyncsStalled'],
] as const)(
  'the kind %s has its phrase "%s", its past phrase "%s", its adjective "%s", severity %s, proof %s and metric %s',
  (problem, phrase, pastPhrase, adjective, severity, disprovedBy, metric) => {
    expect(PROBLEM_KINDS[problem]).toEqual({
      phrase,
      pastPhrase,
      adjective,
      severity,
      disprovedBy,
      metric,
      isJudged: problem !== 'unreadable',
    });
    expect(ALERT_KINDS[problem]).toMatchObject({ phrase, pastPhrase, disprovedBy });
  },
);

test('the kind listing_failed has its phrases, and a readable listing disproves it', () => {
  expect(ALERT_KINDS.listing_failed).toEqual({
    phrase: 'cannot be listed',
    pastPhrase: 'could not be listed',
    disprovedBy: 'readable',
  });
});

test.each([
  ['phrase', Object.values(ALERT_KINDS).map(({ phrase }) => phrase)],
  ['adjective', Object.values(PROBLEM_KINDS).map(({ adjective }) => adjective)],
  ['metric', Object.values(PROBLEM_KINDS).map(({ metric }) => metric)],
])('no two kinds have the same %s', (_, values) => {
  expect(new Set<string>(values).size).toBe(values.length);
});

test('forEachProblem asks once for each problem, in the order of PROBLEMS, and gives each its figure', () => {
  const asked: string[] = [];
  const figures = forEachProblem((problem) => asked.push(problem));
  expect(asked).toEqual(['unreadable', 'disabled', 'failing', 'never_succeeded', 'stalled']);
  expect(figures).toEqual({ unreadable: 1, disabled: 2, failing: 3, never_succeeded: 4, stalled: 5 });
  expect(Object.keys(figures)).toEqual([...PROBLEMS]);
});
