import { type FileChooser, type Locator, type Page, expect } from '@playwright/test';

import type { Phone, PhoneMessage } from './emulator.ts';

/** Bytes of the largest request of an upload. */
export const PIECE = 4 * 1024 * 1024;

/** The dialog that shows the chosen files. */
export function dialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Enviar arquivos' });
}

/** The chosen files in the dialog, in their order. */
export function thumbs(page: Page): Locator {
  return dialog(page).getByRole('list', { name: 'Arquivos escolhidos' }).getByRole('listitem');
}

/** Turns to one of the chosen files, and returns its part of the dialog. */
export async function turnTo(page: Page, name: string): Promise<Locator> {
  await thumbs(page).getByRole('button', { name }).click();
  const slide = dialog(page).getByRole('group', { name });
  // The dialog scrolls to it.
  await expect(slide).toBeInViewport({ ratio: 0.6 });
  return slide;
}

/** Opens the menu of the button "Anexar", and chooses one of its items. */
export async function chooseToAttach(page: Page, item: 'Fotos e vídeos' | 'Documento' | 'Contato' | 'Localização' | 'Enquete'): Promise<void> {
  await page.getByRole('button', { name: 'Anexar' }).click();
  await page.getByRole('menu', { name: 'Anexar' }).getByRole('menuitem', { name: item, exact: true }).click();
}

/** Chooses files, or paths of files, by the menu of the composer, and returns the dialog. */
export async function attach(
  page: Page,
  files: Parameters<FileChooser['setFiles']>[0],
  item: 'Fotos e vídeos' | 'Documento' = 'Fotos e vídeos',
): Promise<Locator> {
  const chooser = page.waitForEvent('filechooser');
  await chooseToAttach(page, item);
  await (await chooser).setFiles(files);
  await expect(dialog(page)).toBeVisible();
  return dialog(page);
}

/** Clicks "Enviar" in the dialog and waits until it is closed. */
export async function sendChosen(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(dialog(page)).toHaveCount(0);
}

/** Waits until this many files are on a phone, and returns their messages. */
export async function filesOn(customer: Phone, number: Phone, count: number): Promise<PhoneMessage[]> {
  const ofUs = (messages: PhoneMessage[]) => messages.filter((message) => !message.from_me && message.sha256);
  return ofUs(await customer.until(number, (messages) => ofUs(messages).length === count));
}

/** What the pages of a test do with the requests that carry bytes of files. */
export class Uploads {
  /** Offsets of the requests, in their order. */
  readonly offsets: number[] = [];
  /** The tab of the first request that was held. */
  sender!: Page;
  private isOpen = false;
  private open!: (isLost: boolean) => void;
  private arrived!: () => void;
  private readonly fate = new Promise<boolean>((resolve) => (this.open = resolve));
  private readonly held = new Promise<void>((resolve) => (this.arrived = resolve));

  /** Lets so many requests of the page's browser through, and holds the next ones. */
  static async hold(page: Page, after: number): Promise<Uploads> {
    const uploads = new Uploads();
    await page.context().route('**/envios/*', async (route) => {
      if (route.request().method() === 'PATCH') {
        uploads.offsets.push(Number(await route.request().headerValue('upload-offset')));
        if (!uploads.isOpen && uploads.offsets.length > after) {
          uploads.sender ??= route.request().frame().page();
          uploads.arrived();
          // A page that is gone has no request any more.
          if (await uploads.fate) return route.abort('connectionreset').catch(() => {});
        }
      }
      return route.continue().catch(() => {});
    });
    return uploads;
  }

  /** Waits until a request is held. */
  async untilHeld(): Promise<void> {
    await this.held;
  }

  /** Lets the held requests and all others through. */
  release(): void {
    this.isOpen = true;
    this.open(false);
  }

  /** Loses the held requests, and lets all others through. */
  lose(): void {
    this.isOpen = true;
    this.open(true);
  }

  /** Lets all further requests through; those that are held never end. */
  pass(): void {
    this.isOpen = true;
  }
}
