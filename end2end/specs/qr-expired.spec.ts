import { badge, expectBadge, login, showQr } from '../support/page.ts';
import { qrPicture, readQr } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

/** How long the six codes of a round last: 60 s and five times 20 s. */
const ROUND_MS = 160_000;

test('the codes of a round follow each other and run out; one click starts again', async ({ page, inbox, emulator }) => {
  test.setTimeout(ROUND_MS + 60_000);
  await login(page, await inbox.addUser('Ana Alves'));
  const first = await showQr(page);

  await expect(page.getByText(/código 2 de 6/)).toBeVisible({ timeout: 65_000 });
  expect(await readQr(page), 'the second code is another').not.toBe(first);

  await expect(badge(page)).toContainText('QR expirado', { timeout: ROUND_MS });
  await expectBadge(page, 'Desconectado');
  await expect(qrPicture(page)).toHaveCount(0);
  await expect(emulator.post('/admin/mock-phone/scan-qr', first)).rejects.toThrow(/404/);

  const phone = await emulator.phone('Loja Pirata');
  await phone.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
});
