import { existsSync } from 'node:fs';

/**
 * Debian's Chromium without windows, toolbars and menus. It has the same engine and takes half the
 * time of the complete browser for a test.
 */
const HEADLESS_SHELL = '/usr/lib/chromium/chromium-headless-shell';
const CHROMIUM = '/usr/bin/chromium';

/** The browser of the tests: CHROMIUM_BIN, or what `cargo xtask setup` installed. */
export function chromium(): string {
  return process.env['CHROMIUM_BIN'] ?? (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : CHROMIUM);
}

/**
 * A microphone that beeps once a second. Every page may use it: without a window, Chromium asks nobody and would
 * refuse it.
 */
export const MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
