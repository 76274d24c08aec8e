import { type Locator, expect } from '@playwright/test';

/** What a bubble shows. */
export interface Shown {
  /** Words that can be read in it, in any order. */
  says: string[];
  /** Elements that can be seen in it, as selectors. */
  holds?: string[];
  /** The same, of a page without scripts. */
  plain?: string[];
  /** The same, of a page with scripts. */
  live?: string[];
  /** Words and selectors of what is not in it. */
  lacks?: { words?: string; elements?: string };
}

/** Characters that change the direction of the text after them, and show nothing themselves. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The words that can be read in an element, in one line. */
export async function wordsOf(element: Locator): Promise<string> {
  return (await element.innerText()).replace(DIRECTIONS, '').replace(/\s+/g, ' ');
}

/** Waits until these words can be read in an element. */
export async function expectSays(element: Locator, says: string[]): Promise<void> {
  const missing = async () => {
    const words = await wordsOf(element);
    return says.filter((one) => !words.includes(one));
  };
  await expect.poll(missing, { message: 'words that cannot be read' }).toEqual([]);
}

/** Waits until a bubble shows this, on a page without scripts (`plain`) or with them (`live`). */
export async function expectShown(bubble: Locator, shown: Shown, page: 'plain' | 'live'): Promise<void> {
  await expectSays(bubble, shown.says);
  for (const element of [...(shown.holds ?? []), ...(shown[page] ?? [])]) {
    await expect(bubble.locator(element).first(), element).toBeVisible();
  }
  if (shown.lacks?.words) await expect(bubble).not.toContainText(shown.lacks.words);
  if (shown.lacks?.elements) await expect(bubble.locator(shown.lacks.elements)).toHaveCount(0);
}
