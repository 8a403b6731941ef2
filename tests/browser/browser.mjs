// A browser without a network, and what tests and pictures share.

import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Builder, logging } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";

/** Starts Debian's chromium; nothing can be reached. */
export async function start(width = 1280, height = 900) {
  const options = new chrome.Options();
  options.setChromeBinaryPath(["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync) ?? "chromium");
  options.addArguments(
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en-GB",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb", "--hide-scrollbars",
    `--window-size=${width},${height}`, `--user-data-dir=${mkdtempSync(join(tmpdir(), "goulet-browser-"))}`,
  );
  const preferences = new logging.Preferences();
  preferences.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  options.setLoggingPrefs(preferences);
  const service = new chrome.ServiceBuilder("/usr/bin/chromedriver");
  return new Builder().forBrowser("chrome").setChromeOptions(options).setChromeService(service).build();
}

/** The width of the view itself, which a window cannot make as narrow as a phone. */
export const resize = (driver, width, height, scale = 1) =>
  driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: false });

export const open = (driver, reports, name) => driver.get(pathToFileURL(join(reports, name, "report.html")).href);

/** A table as records. */
export function readCsv(path) {
  const rows = [[]];
  for (const [, cell, end] of readFileSync(path, "utf8").matchAll(/("[^"]*(?:""[^"]*)*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    rows.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") rows.push([]);
  }
  const [header, ...records] = rows.filter((row) => row.length > 1);
  return records.map((row) => Object.fromEntries(header.map((column, at) => [column, row[at]])));
}
