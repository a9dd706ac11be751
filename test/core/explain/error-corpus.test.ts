import { corpusFigures } from './corpus-figures.ts';

describe('the corpus of error texts', () => {
  const figures = corpusFigures();

  it('has at least 60 texts', () => expect(figures.texts).toBeGreaterThanOrEqual(60));

  it('shows no credential', () => expect(figures.leaked).toEqual([]));

  it('folds no error with one of another kind', () => expect(figures.confused).toEqual([]));

  it('folds at least 90 % of the texts with their like', () =>
    expect(figures.folded / figures.texts).toBeGreaterThanOrEqual(0.9));
});
