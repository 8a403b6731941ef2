// Pictures of the page. Started by pictures.sh, which makes the reports.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { By } from "selenium-webdriver";
import { open, resize, start } from "./browser.mjs";

const { PICTURE, REPORTS, VIEWS } = process.env;
const driver = await start();

async function save(path, whole = false) {
  mkdirSync(dirname(path), { recursive: true });
  const { data } = await driver.sendAndGetDevToolsCommand("Page.captureScreenshot", { captureBeyondViewport: whole });
  writeFileSync(path, Buffer.from(data, "base64"));
}

const script = (code) => driver.executeScript(code);
const choose = async (id, value) =>
  (await driver.findElement(By.id(id))).findElement(By.css(`option[value="${value}"]`)).click();
const openUnit = "document.querySelector(\"#ranking-body [data-unit='critical_minerals/CHN'] .risk .follow\").click()";

/** Every view: desktop and phone, both themes, both languages, and on paper. */
async function views() {
  for (const [width, height] of [[1280, 900], [360, 740]]) {
    for (const [theme, language] of [["light", "en"], ["dark", "fr"]]) {
      await resize(driver, width, height);
      await open(driver, REPORTS, "years");
      await choose("theme", theme);
      await choose("language", language);
      await resize(driver, width, await script("return document.documentElement.scrollHeight"));
      await driver.sleep(300);
      await save(join(VIEWS, `page-${width}-${theme}-${language}.png`));
      await resize(driver, width, height);
      await script(openUnit);
      await script("document.querySelectorAll('.behind')[3].open = true");
      await save(join(VIEWS, `unit-${width}-${theme}-${language}.png`));
    }
  }
  await open(driver, REPORTS, "years");
  const { data } = await driver.sendAndGetDevToolsCommand("Page.printToPDF", { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
  writeFileSync(join(VIEWS, "page.pdf"), Buffer.from(data, "base64"));
}

try {
  await resize(driver, 1280, 1250);
  await open(driver, REPORTS, "sample");
  await save(PICTURE);
  if (VIEWS) await views();
} finally {
  await driver.quit();
}
