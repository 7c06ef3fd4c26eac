"use strict";

const fs = require("fs");
const path = require("path");

/** The words that start the language server: what the settings say, else the workspace's own ilang, else the PATH's. */
function command(configured, folders, trusted, platform = process.platform, exists = fs.existsSync) {
  if (configured.length > 0) {
    return [...configured, "lsp"];
  }
  const inside = platform === "win32" ? ["Scripts", "ilang.exe"] : ["bin", "ilang"];
  if (trusted) {
    for (const folder of folders) {
      for (const environment of [".venv", "venv"]) {
        const found = path.join(folder, environment, ...inside);
        if (exists(found)) {
          return [found, "lsp"];
        }
      }
    }
  }
  return ["ilang", "lsp"];
}

module.exports = { command };
