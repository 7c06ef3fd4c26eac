"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");
const { command } = require("./command");

let client;

/** Starts the project's own `ilang lsp`; no server comes with this extension. */
async function start() {
  const folders = (vscode.workspace.workspaceFolders || []).map((folder) => folder.uri.fsPath);
  const configured = vscode.workspace.getConfiguration("ilang").get("command", []);
  const [word, ...args] = command(configured, folders, vscode.workspace.isTrusted);
  const cwd = folders[0];
  client = new LanguageClient(
    "ilang",
    "ilang",
    { command: word, args, options: { cwd }, transport: TransportKind.stdio },
    { documentSelector: [{ language: "ilang" }] },
  );
  try {
    await client.start();
  } catch (error) {
    vscode.window.showWarningMessage(
      `ilang: \`${[word, ...args].join(" ")}\` did not start (${error.message}). ` +
        "Install it in the project: pip install 'ilang[lsp]', or name it in the setting ilang.command.",
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) {
    await running.stop().catch(() => undefined);
  }
}

async function activate(context) {
  const again = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("ilang.restart", again),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("ilang.command") && again()),
    vscode.workspace.onDidGrantWorkspaceTrust(again),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
