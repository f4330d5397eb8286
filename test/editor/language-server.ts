/** The language server that editors run for YAML, as a child of the test, which speaks to it as an editor does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type CompletionItem,
  CompletionRequest,
  ConfigurationRequest,
  createProtocolConnection,
  type Diagnostic,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

/** A file that is open, and what the editor shows of it. */
export interface OpenFile {
  /** What is offered behind `words`, where these stand in the text for the first time. */
  readonly complete: (words: string) => Promise<readonly CompletionItem[]>;
  /** The text that pops up over `word`, where it stands for the first time. */
  readonly hover: (word: string) => Promise<string>;
  readonly diagnostics: Promise<readonly Diagnostic[]>;
}

export interface Editor {
  readonly open: (text: string) => Promise<OpenFile>;
  readonly close: () => Promise<void>;
}

const server = fileURLToPath(import.meta.resolve('yaml-language-server/bin/yaml-language-server'));
const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

export async function openEditor(): Promise<Editor> {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest(ConfigurationRequest.type, ({ items }) =>
    items.map(({ section }) => (section === 'yaml' ? settings : null)),
  );
  connection.onRequest(RegistrationRequest.type, () => {});
  const waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
    waiting.get(uri)?.(diagnostics);
  });
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { configuration: true },
      textDocument: {
        hover: { contentFormat: ['markdown'] },
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
      },
    },
  });
  await connection.sendNotification(InitializedNotification.type, {});
  let files = 0;

  return {
    open: async (text) => {
      files += 1;
      const uri = `file:///spec-${files}.yaml`;
      const diagnostics = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
      await connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId: 'yaml', version: 1, text },
      });
      const place = (words: string, offset: number) => {
        const start = text.indexOf(words);
        if (start < 0) throw new Error(`the text has no '${words}'`);
        const lines = text.slice(0, start + offset).split('\n');
        return {
          textDocument: { uri },
          position: { line: lines.length - 1, character: lines.at(-1)!.length },
        };
      };
      return {
        complete: async (words) => {
          const found = await connection.sendRequest(CompletionRequest.type, place(words, words.length));
          return Array.isArray(found) ? found : (found?.items ?? []);
        },
        hover: async (word) => {
          const found = await connection.sendRequest(HoverRequest.type, place(word, 0));
          return found === null ? '' : (found.contents as { readonly value: string }).value;
        },
        diagnostics,
      };
    },
    close: async () => {
      await connection.sendRequest(ShutdownRequest.type);
      const closed = once(child, 'close');
      await connection.sendNotification(ExitNotification.type);
      await closed;
      connection.dispose();
    },
  };
}
