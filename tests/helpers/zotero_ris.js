// Reads a RIS file with Zotero's own translator, and prints the items as JSON:
//
//     node zotero_ris.js RIS.js FILE.ris
//
// RIS.js is a file of https://github.com/zotero/translators: a header in JSON, then code
// that uses what Zotero provides. As much of that as an import needs is below.
const fs = require("fs");
const vm = require("vm");

const [translator, file] = process.argv.slice(2);
const lines = fs.readFileSync(file, "utf8").split(/\r\n|\n|\r/);
const items = [];
let position = 0;

class Item {
  constructor(type) {
    this.itemType = type;
    for (const list of ["creators", "tags", "notes", "attachments", "seeAlso"]) {
      this[list] = [];
    }
  }

  complete() {
    items.push(this);
  }
}

const utilities = {
  cleanDOI: (text) => (text.match(/10\.\d+\/\S+/) || [null])[0],
  deepCopy: (value) => JSON.parse(JSON.stringify(value)),
  fieldIsValidForType: () => true,
  // Only dates that the translator can't read by itself come here.
  strToDate: (text) => ({ year: text }),
  unescapeHTML: (text) => text,
};
const zotero = {
  Item,
  Utilities: utilities,
  read: () => (position < lines.length ? lines[position++] : false),
  debug: () => {},
  getHiddenPref: () => undefined,
  getOption: () => undefined,
  parentTranslator: null,
};
const source = fs.readFileSync(translator, "utf8");
const code = source.slice(source.search(/^\}$/m) + 1);
const context = vm.createContext({ Zotero: zotero, Z: zotero, ZU: utilities });
vm.runInContext(code, context);
const detected = vm.runInContext("detectImport()", context);
position = 0;
Promise.resolve(vm.runInContext("doImport()", context)).then(() => {
  console.log(JSON.stringify({ detected, items }));
});
