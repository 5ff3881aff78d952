import { isHealthyCase } from "../../src/cli/eval-figures.js";
import type { Words } from "../../src/core/rca/choose.js";
import { ownJudgement } from "../../src/core/rca/diagnose.js";
import { featuresOf } from "../../src/core/rca/words/features.js";
import { opinionOf, type WordModel } from "../../src/core/rca/words/opinion.js";
import { categories } from "../../src/core/verdict.js";
import { folderSource, type Judged, type Source, textSource } from "./labelled-sources.js";
import type { Lesson } from "./learn-words.js";

/** What the word model learns from, all of it of this repository; the folders that measure the product teach it nothing. */
export const teachers: readonly Source[] = [
  ...["unseen", "unseen-2", "unseen-3", "unseen-4", "unseen-5", "unseen-6"].map((name) =>
    folderSource(`test/evals/${name}`),
  ),
  ...["first", "second", "third", "fourth", "fifth", "sixth", "seventh"].map((name) => textSource(`texts/${name}`)),
  ...["beside", "builds", "cloud", "contrasts", "contrasts-jvm", "mined", "python", "shells", "spark", "teams"].map(
    (name) => textSource(`words/${name}`),
  ),
];

/** Lessons by the name of their source. */
export async function lessonsOf(sources: readonly Source[]): Promise<ReadonlyMap<string, readonly Lesson[]>> {
  const lessons = new Map<string, readonly Lesson[]>();
  for (const source of sources) {
    const judged = await source.judge({ ...ownJudgement, words: () => null });
    lessons.set(source.name, judged.flatMap(lessonOf));
  }
  return lessons;
}

function lessonOf({ scored, statements }: Judged): readonly Lesson[] {
  const category = categories.find((name) => name === scored.label.category);
  if (category === undefined || category === "unknown" || isHealthyCase(scored)) return [];
  const features = featuresOf(statements);
  return features.size === 0 ? [] : [{ features, category }];
}

/** What such a model says of statements. */
export function wordsOf(model: WordModel): Words {
  return (statements) => opinionOf(model, featuresOf(statements));
}
