import { connect, fillLogin, pressEnterOn } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('the audit trail tells who did what, is narrowed by a form, and leaves as CSV', async ({ page, browserOf, inbox, emulator }) => {
  const bruno = await inbox.addUser('Bruno Braga');
  await page.goto('/entrar');
  await fillLogin(page, bruno, 'senha errada mesmo');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByText('E-mail ou senha não conferem')).toBeVisible();
  const agent = await browserOf(bruno);
  const phone = await emulator.phone('Loja Pirata');
  await connect(agent, phone);
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));

  await admin.getByRole('link', { name: 'Auditoria' }).click();
  const entry = (what: string) => admin.getByRole('row').filter({ has: admin.getByRole('rowheader', { name: what, exact: true }) });
  await expect(entry('Tentou entrar e errou')).toContainText('Alguém sem login');
  await expect(entry('Tentou entrar e errou')).toContainText(bruno.email);
  await expect(entry('Tentou entrar e errou')).toContainText('127.0.0.1');
  await expect(entry('Começou a conectar')).toContainText('Bruno Braga');
  await expect(entry('Conectou')).toContainText('WhatsApp');
  await expect(entry('Criou usuário').first()).toContainText('Linha de comando');
  await expect(admin.getByText(bruno.password)).toHaveCount(0);

  await admin.getByLabel('Ação').selectOption({ label: 'Tentou entrar e errou' });
  await admin.getByRole('button', { name: 'Filtrar' }).click();
  await expect(admin).toHaveURL(/acao=login_failed/);
  await expect(admin.getByRole('rowheader')).toHaveCount(1);
  await admin.getByLabel('Até').fill('2020-01-01');
  await admin.getByRole('button', { name: 'Filtrar' }).click();
  await expect(admin.getByText('Nada encontrado')).toBeVisible();
  await admin.getByRole('link', { name: 'Ver tudo' }).click();

  const file = admin.waitForEvent('download');
  await admin.getByRole('link', { name: 'Baixar CSV' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await file).createReadStream()) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString().split('\r\n');
  expect(lines[0]).toBe('at,actor,action,connection_id,connection,subject_id,target,ip,detail');
  expect(lines[1]).toContain('Ana Alves,audit_exported');
  expect(lines.filter((line) => line.includes('login_failed'))).toHaveLength(1);
  await admin.reload();
  await expect(entry('Exportou a auditoria')).toContainText('Ana Alves');

  for (const path of ['/admin/auditoria', '/admin/auditoria.csv']) {
    expect((await agent.request.get(path)).status(), path).toBe(403);
  }
});

test('the trail goes on while somebody scrolls, with a link where there is no script', async ({ browser, browserOf, inbox, baseURL }) => {
  const ana = await inbox.addUser('Ana Alves', 'admin');
  const admin = await browserOf(ana);
  // The log gets more than two pages of changes.
  for (let n = 0; n < 230; n++) {
    const changed = await admin.request.post('/api/require_second_factor', { form: { role: 'atendente', required: String(n % 2 === 0) }, headers: { origin: inbox.url } });
    expect(changed.ok()).toBe(true);
  }
  await admin.goto('/admin/auditoria');
  const rows = admin.getByRole('rowheader');
  await expect(rows).toHaveCount(100);
  const last = admin.locator('a[rel=next]');
  await last.scrollIntoViewIfNeeded();
  await expect(rows).toHaveCount(200);
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeHidden();
  expect(await rows.count()).toBeGreaterThanOrEqual(232);
  await expect(rows.last()).toHaveText('Criou usuário');

  const context = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await admin.context().storageState() });
  const plain = await context.newPage();
  await plain.goto('/admin/auditoria');
  for (const count of [100, 100]) {
    await expect(plain.getByRole('rowheader')).toHaveCount(count);
    await pressEnterOn(plain.getByRole('link', { name: 'Ver mais antigas' }));
  }
  await expect(plain.getByRole('rowheader').last()).toHaveText('Criou usuário');
  await context.close();
});
