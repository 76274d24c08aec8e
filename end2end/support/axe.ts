import { AxeBuilder } from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/** WCAG 2.1 A and AA. */
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** Checks that the page has no violation of WCAG 2.1 A and AA, in light and in dark. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The check is repeated while the colours are still changing from one scheme to the other.
    await expect(async () => {
      const axe = new AxeBuilder({ page });
      // In dark the same elements have other colours, and nothing else is different.
      const { violations } = await (colorScheme === 'light' ? axe.withTags(STANDARD) : axe.withRules(['color-contrast'])).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
      expect(found, `${where}, ${colorScheme}`).toEqual([]);
    }).toPass({ timeout: 30_000 });
  }
}

/** Checks the same on a wide screen, and on that of a phone, which stays. */
export async function expectAccessibleAtAnyWidth(page: Page, where: string): Promise<void> {
  for (const [width, height] of [[1440, 900], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    await expectAccessible(page, `${where}, ${width} pixels wide`);
  }
}
