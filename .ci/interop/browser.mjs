// A real browser signs in at the demo org's page, and its answer comes to oktui's listener on this machine: the redirect URI is
// there for this run alone, and gone after it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const oktui = process.env.OKTUI;
const demo = JSON.parse(process.env.DEMO);
const home = mkdtempSync(join(tmpdir(), 'oktui-browser-'));
const env = { ...process.env, OKTUI_HOME: home, OKTUI_ORG_URL: demo.org_url, OKTUI_API_TOKEN: demo.api_token };
const run = (...args) => {
  const ended = spawnSync(oktui, args, { env, encoding: 'utf8' });
  assert.equal(ended.status, 0, `${args.join(' ')}: ${ended.stderr}`);
  return ended.stdout;
};

const file = join(home, 'gateway.toml');
writeFileSync(file, run('setup', 'example').replace(/^name = .*$/m, 'name = "Signed in to by a browser"'));
const { values } = JSON.parse(run('apply', file, '--yes', '--json'));
const app = async () => {
  const answer = await fetch(`${demo.org_url}/api/v1/apps/${values.clientId}`, { headers: { authorization: `SSWS ${demo.api_token}` } });
  const { lastUpdated, ...rest } = await answer.json();
  return rest;
};
const before = await app();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const person = demo.users.find((user) => user.login.startsWith('ana@'));
const tested = spawn(oktui, ['test', '--app', values.clientId, '--this-machine', '18765', '--yes', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
let out = '';
let talk = '';
tested.stdout.on('data', (data) => { out += data; });
const address = new Promise((resolve, reject) => {
  tested.stderr.on('data', (data) => {
    talk += data;
    const found = talk.match(/^(http\S+authorize\S+)$/m);
    if (found) resolve(found[1]);
  });
  tested.on('close', () => reject(new Error(`no address: ${talk}`)));
});
const page = await browser.newPage();
await page.goto(await address);
await page.fill('#username', person.login);
await page.fill('#password', 'not the password');
await page.click('button[type=submit]');
await page.waitForSelector('.wrong');
await page.fill('#username', person.login);
await page.fill('#password', person.password);
const [ended] = await Promise.all([
  new Promise((resolve) => tested.on('close', resolve)),
  page.click('button[type=submit]'),
]);
await page.waitForURL(/^http:\/\/127\.0\.0\.1:18765\/callback/);
console.log(`  browser: ends at "${(await page.textContent('body')).trim().slice(0, 60)}"`);
await browser.close();
assert.equal(ended, 0, talk + out);
const trace = JSON.parse(out);
assert.equal(trace.verdict, 'passed');
assert.ok(!out.includes(person.password) && !talk.includes(person.password));
assert.deepEqual(await app(), before, 'the redirect URI was taken back, and nothing else was touched');
console.log('browser: signed in, and the redirect URI of this machine is gone again');
