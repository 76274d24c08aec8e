import { type Locator, type Page, expect } from '@playwright/test';

/** The picker for emojis. */
export function picker(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Emojis', exact: true });
}

/** Opens the picker by a button beside a field, and returns it. */
export async function openPicker(page: Page, button = page.getByRole('button', { name: 'Emojis', exact: true })): Promise<Locator> {
  await button.click();
  await expect(picker(page).getByRole('button', { name: 'rosto risonho', exact: true })).toBeVisible();
  return picker(page);
}

/** Writes in the search of the picker. */
export async function search(picker: Locator, words: string): Promise<Locator> {
  const field = picker.getByRole('searchbox', { name: 'Buscar emoji' });
  await field.fill(words);
  return field;
}
