import { badge, expectBadge, login, showQr } from '../support/page.ts';
import { qrPicture, readQr } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

// The codes run ten times as fast as WhatsApp's: the first QR lasts 6 s and the other five 2 s
// each.
test.use({ flags: ['--whatsapp-pairing-pace', '10'] });

test('the codes of a round follow each other and run out; one click starts again', async ({ page, inbox, emulator }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  const first = await showQr(page);

  await expect(page.getByText(/código [2-6] de 6/)).toBeVisible();
  expect(await readQr(page), 'a later code is another').not.toBe(first);

  await expect(badge(page)).toContainText('QR expirado', { timeout: 30_000 });
  await expectBadge(page, 'Desconectado');
  await expect(qrPicture(page)).toHaveCount(0);
  await expect(emulator.post('/admin/mock-phone/scan-qr', first)).rejects.toThrow(/404/);

  const phone = await emulator.phone('Loja Pirata');
  await phone.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
});
