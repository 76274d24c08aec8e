import type { Page } from '@playwright/test';

import { connect, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Checks that every time on the page is in `zone` and that its title names the zone. */
async function expectTimesOf(page: Page, zone: string): Promise<number> {
  const times = page.locator('local-time > time');
  await expect(times.first()).toHaveAttribute('title', /./);
  // The expected text comes from the browser's own tables, which are newer or older than Node's.
  const shown = await times.evaluateAll((all, timeZone) => all.map((one) => {
    const { dateTime, textContent, title } = one as HTMLTimeElement;
    const at = new Date(dateTime);
    const date = at.toLocaleDateString('pt-BR', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone });
    const clock = at.toLocaleTimeString('pt-BR', { timeZone });
    const expected = { day: date, minute: `${date}, ${clock.slice(0, 5)}`, second: `${date}, ${clock}` };
    const to = one.parentElement!.dataset['to'] as keyof typeof expected;
    const full = at.toLocaleString('pt-BR', { dateStyle: 'full', timeStyle: 'full', timeZone });
    return { text: textContent, expected: expected[to], title, full };
  }), zone);
  for (const { text, expected, title, full } of shown) {
    expect(text).toBe(expected);
    expect(title).toBe(full);
  }
  return shown.length;
}

for (const zone of ['America/Manaus', 'Asia/Kolkata']) {
  test.describe(zone, () => {
    test.use({ timezoneId: zone });

    test('every page writes times as the clock of the browser does', async ({ browser, page, baseURL, inbox, emulator }) => {
      const phone = await emulator.phone('Loja Pirata');
      await inbox.addUser('Bruno Braga');
      await login(page, await inbox.addUser('Ana Alves', 'admin'));
      await connect(page, phone);

      await page.goto('/perfil');
      expect(await expectTimesOf(page, zone)).toBe(2);
      await page.goto('/admin/atendentes');
      await page.getByLabel('Nome').fill('Caio Costa');
      await page.getByLabel('E-mail').fill('caio@exemplo.com.br');
      await page.getByRole('button', { name: 'Criar convite' }).click();
      await expect(page.getByText('Convite criado para Caio Costa')).toBeVisible();
      expect(await expectTimesOf(page, zone)).toBe(2);
      await page.goto('/admin/auditoria');
      expect(await expectTimesOf(page, zone)).toBeGreaterThan(3);

      await page.goto('/atendente/inbox-pirata');
      await page.getByRole('link', { name: 'Ajustes do número' }).click();
      await page.getByLabel('Pessoa').selectOption({ label: 'Bruno Braga' });
      await page.getByRole('button', { name: 'Dar acesso' }).click();
      await expect(page.getByRole('list', { name: 'Acessos' })).toContainText('Bruno Braga');
      expect(await expectTimesOf(page, zone)).toBe(1);

      // Without a script the zone is named in the text.
      const context = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await page.context().storageState() });
      const plain = await context.newPage();
      for (const path of ['/perfil', '/admin/atendentes', '/admin/auditoria']) {
        await plain.goto(path);
        for (const text of await plain.locator('time').allTextContents()) {
          expect(text, path).toMatch(/^\d\d\/\d\d\/\d{4}( \d\d:\d\d(:\d\d)?)? \(Brasília\)$/);
        }
      }
      await context.close();
    });

    test('rows that come later are in the same zone, and days are asked for in it', async ({ page, inbox }) => {
      await login(page, await inbox.addUser('Ana Alves', 'admin'));
      for (let n = 0; n < 110; n++) {
        const changed = await page.request.post('/api/require_second_factor', { form: { role: 'atendente', required: String(n % 2 === 0) }, headers: { origin: inbox.url } });
        expect(changed.ok()).toBe(true);
      }
      await page.goto('/admin/auditoria');
      await expect(page.getByRole('rowheader')).toHaveCount(100);
      await page.locator('a[rel=next]').scrollIntoViewIfNeeded();
      await expect(page.locator('a[rel=next]')).toBeHidden();
      expect(await expectTimesOf(page, zone)).toBeGreaterThan(110);

      const today = new Date().toLocaleDateString('sv', { timeZone: zone });
      await page.getByLabel('Desde').fill(today);
      await page.getByLabel('Até').fill(today);
      await page.getByRole('button', { name: 'Filtrar' }).click();
      await expect(page).toHaveURL(new RegExp(`fuso=${zone === 'America/Manaus' ? '240' : '-330'}`));
      await expect(page.getByRole('rowheader').first()).toBeVisible();
    });
  });
}
