// Pictures of the page. Started by pictures.sh, which makes the reports.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { By } from "selenium-webdriver";
import { open, resize, start } from "./browser.mjs";

const { PICTURES, REPORTS, VIEWS } = process.env;
const driver = await start();

async function save(path) {
  mkdirSync(dirname(path), { recursive: true });
  await driver.sleep(400);
  const { data } = await driver.sendAndGetDevToolsCommand("Page.captureScreenshot", {});
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
      await save(join(VIEWS, `page-${width}-${theme}-${language}.png`));
      await resize(driver, width, height);
      await script(openUnit);
      await script("document.querySelectorAll('.behind')[3].open = true");
      await save(join(VIEWS, `unit-${width}-${theme}-${language}.png`));
    }
  }
  await resize(driver, 1280, 900);
  await open(driver, REPORTS, "years");
  const { data } = await driver.sendAndGetDevToolsCommand("Page.printToPDF", { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
  writeFileSync(join(VIEWS, "page.pdf"), Buffer.from(data, "base64"));
}

try {
  await resize(driver, 1280, 900);
  await open(driver, REPORTS, "sample");
  await save(join(PICTURES, "page.png"));
  await script("document.documentElement.style.scrollBehavior = 'auto'; document.getElementById('heat').scrollIntoView()");
  await save(join(PICTURES, "page-heat.png"));
  await script(`${openUnit}; document.getElementById('sentences').scrollIntoView()`);
  await save(join(PICTURES, "page-evidence.png"));
  if (VIEWS) await views();
} finally {
  await driver.quit();
}
