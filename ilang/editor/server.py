"""serve() -> exit code: the language server, over standard input and output.

Each handler asks one function of this folder and turns the answer into a message. A handler that fails answers with an
error and the server lives on. What is logged (on standard error) names the request, the kind of mistake and the line of
ilang where it happened: never a text, an argument or a message of an exception, which may hold what a program holds.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification
from pygls.uris import from_fs_path, to_fs_path

from ilang.base.diagnostic import IlangError
from ilang.base.source import Source
from ilang.base.span import Span
from ilang.editor import wire
from ilang.editor.completion import completion
from ilang.editor.definition import definition, references
from ilang.editor.formatting import formatting
from ilang.editor.hover import hover
from ilang.editor.look import Look, look
from ilang.editor.names import Name, file_of
from ilang.editor.position import Encoding
from ilang.editor.problems import problems
from ilang.editor.rename import Refusal, mentions, programs, renamable, rename
from ilang.editor.semantic import semantic
from ilang.editor.signature import signature_help
from ilang.editor.symbols import symbols
from ilang.editor.workspace import Document, Workspace

PAUSE = 0.15
"""Seconds without a change before a text is checked."""

LOG = logging.getLogger("ilang.lsp")

Answer = TypeVar("Answer")
Placed = (
    lsp.HoverParams
    | lsp.CompletionParams
    | lsp.SignatureHelpParams
    | lsp.DefinitionParams
    | lsp.ReferenceParams
    | lsp.PrepareRenameParams
    | lsp.RenameParams
)
"""What is asked about a place."""


class Protocol(LanguageServerProtocol):
    """The protocol, in which a request that is written wrongly is answered too."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The message in what came; a request with wrong parameters is answered here and passed over."""
        try:
            return super().structure_message(data)
        except JsonRpcInvalidParams as problem:
            if "id" not in data or "method" not in data:
                raise
            self._send_response(data["id"], None, problem.to_response_error())
            return JsonRPCNotification(method="$/answered", jsonrpc="2.0", params=None)


class Server(LanguageServer):
    """The server and the texts that its editor has open."""

    def __init__(self, version: str) -> None:
        super().__init__("ilang", version, lsp.TextDocumentSyncKind.Incremental, protocol_cls=Protocol)
        self.open = Workspace()
        self.clean_exit = False
        self.checks: dict[str, asyncio.Task[None]] = {}

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A mistake was answered with an error; nothing is shown in the editor."""
        LOG.error("%s: %s", getattr(source, "__name__", "error"), type(error).__name__)

    # ---- diagnostics -------------------------------------------------------

    def check_soon(self, uri: str, pause: float = PAUSE) -> None:
        """Checks an open text when its writer pauses."""
        running = self.checks.pop(uri, None)
        if running is not None:
            running.cancel()
        self.checks[uri] = asyncio.ensure_future(self._check(uri, pause))

    async def _check(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        self.checks.pop(uri, None)
        document = self.open.documents.get(uri)
        if document is None:
            return
        try:
            self.tell(document)
        except Exception as error:
            LOG.error("check: %s", where(error))

    def tell(self, document: Document) -> None:
        """Sends what is wrong with a text."""
        lines = self.open.lines(document.text)
        found = [wire.diagnostic(p, span, lines) for p, span in problems(self.open.look(document.uri))]
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=document.uri, diagnostics=found, version=document.version)
        )

    def changed(self, uri: str, pause: float = PAUSE) -> None:
        """A text is another now: it is checked, and those that use it."""
        self.check_soon(uri, pause)
        path = to_path(uri)
        for user in self.open.users(path) if path is not None else ():
            if user != uri:
                self.check_soon(user, pause)

    # ---- places ------------------------------------------------------------

    def at(self, place: Placed) -> tuple[Document, int] | None:
        """An open text and an offset in it; None where it is not open, or no program can be so large."""
        document = self.open.documents.get(place.text_document.uri)
        if document is None or document.too_large:
            return None
        return document, self.open.lines(document.text).offset(place.position.line, place.position.character)

    def location(self, span: Span) -> lsp.Location | None:
        """A place in any file."""
        path = wire.path_of(span)
        uri = from_fs_path(path) if path is not None else self.uri_of(span.source)
        if uri is None:
            return None
        return lsp.Location(uri, wire.range_of(self.open.lines(span.source.text), span.start, span.end))

    def uri_of(self, source: Source) -> str | None:
        """The open text of a source."""
        for document in self.open.documents.values():
            if file_of(document.source) == file_of(source):
                return document.uri
        return from_fs_path(source.path) if source.path is not None else None

    async def others(self, here: Look, name: Name) -> dict[str, Look]:
        """All other programs of the workspace that have a name's word in them."""
        word, found = name.span.text(), {}
        paths = list(programs(self.open.folders))
        paths += [d.path for d in self.open.documents.values() if d.path is not None]
        for path in dict.fromkeys(os.path.realpath(p) for p in paths):
            await asyncio.sleep(0)  # whoever no longer wants the answer can say so
            try:
                source = self.open.read(path)
            except IlangError:
                continue
            if file_of(source) != file_of(here.source) and mentions(source.text, word):
                found[file_of(source)] = look(source, self.open.read)
        return found


def to_path(uri: str) -> str | None:
    """The file of a uri, None for a text that was never saved."""
    return to_fs_path(uri) if uri.startswith("file:") else None


def where(error: BaseException) -> str:
    """The kind of a mistake and the line of ilang where it happened; nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f"{os.sep}ilang{os.sep}" in f.filename] or list(frames)
    last = ours[-1] if ours else None
    place = (
        f" in {os.path.basename(os.path.dirname(last.filename))}/{os.path.basename(last.filename)}:{last.lineno}"
        if last
        else ""
    )
    return f"{type(error).__name__}{place}"


def answered(method: str, handler: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """A handler whose mistakes become error answers."""

    @functools.wraps(handler)
    async def guarded(params: Any) -> Answer:
        await asyncio.sleep(0)
        try:
            return await handler(params)
        except JsonRpcException:
            raise
        except Refusal as refusal:
            raise JsonRpcException(str(refusal), lsp.LSPErrorCodes.RequestFailed.value) from None
        except Exception as error:
            LOG.error("%s: %s", method, where(error))
            raise JsonRpcException(
                f"ilang made a mistake in {method} ({where(error)})", lsp.ErrorCodes.InternalError.value
            ) from None

    return guarded


def make_server(version: str) -> Server:
    """The server with all that it answers."""
    server = Server(version)
    _texts(server)
    _answers(server)
    return server


def _texts(server: Server) -> None:
    """What the editor tells: texts opened, changed, closed; the beginning and the end."""
    told = _teller(server)

    @told(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        folders = [to_path(f.uri) for f in params.workspace_folders or ()]
        if not folders and params.root_uri:
            folders = [to_path(params.root_uri)]
        agreed: Any = server.workspace.position_encoding  # an enum, or the word that the client sent
        encoding: Encoding = getattr(agreed, "value", agreed) or "utf-16"
        server.open = Workspace(encoding, [f for f in folders if f])

    @told(lsp.INITIALIZED)
    def initialized(_: lsp.InitializedParams) -> None:
        LOG.info("started, with places in %s", server.open.encoding)
        watched = server.client_capabilities.workspace
        if watched and watched.did_change_watched_files and watched.did_change_watched_files.dynamic_registration:
            watchers = [lsp.FileSystemWatcher(glob_pattern=f"**/*.{kind}") for kind in ("inf", "py")]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.client_register_capability(lsp.RegistrationParams([registration]))

    @told(lsp.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.clean_exit = True
        for running in server.checks.values():
            running.cancel()

    @told(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.open.open(document.uri, document.text, document.version, to_path(document.uri))
        server.changed(document.uri, 0)

    @told(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        if uri not in server.open.documents:
            return
        changes = [
            (
                (c.range.start.line, c.range.start.character, c.range.end.line, c.range.end.character)
                if isinstance(c, lsp.TextDocumentContentChangePartial)
                else None,
                c.text,
            )
            for c in params.content_changes
        ]
        server.open.change(uri, params.text_document.version, changes)
        server.changed(uri)

    @told(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        server.open.forget()
        server.changed(params.text_document.uri, 0)

    @told(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        users = server.open.users(to_path(uri) or "")
        running = server.checks.pop(uri, None)
        if running is not None:
            running.cancel()
        server.open.close(uri)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        for user in users:
            if user != uri:
                server.check_soon(user)

    @told(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(_: lsp.DidChangeWatchedFilesParams) -> None:
        server.open.forget()
        for uri in server.open.documents:
            server.check_soon(uri)

    @told(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        gone = {to_path(f.uri) for f in params.event.removed}
        new = [p for f in params.event.added if (p := to_path(f.uri))]
        server.open.folders = [f for f in server.open.folders if f not in gone] + new


def _teller(server: Server) -> Callable[[str], Callable[[Callable[[Any], None]], None]]:
    """Takes handlers of what is told and not asked; a mistake in one is logged."""

    def told(method: str) -> Callable[[Callable[[Any], None]], None]:
        def take(handler: Callable[[Any], None]) -> None:
            def guarded(*params: Any) -> None:
                try:
                    handler(params[0] if params else None)
                except Exception as error:
                    LOG.error("%s: %s", method, where(error))

            server.feature(method)(guarded)

        return take

    return told


def _answers(server: Server) -> None:
    """What the editor asks."""

    def asked(method: str, options: Any = None) -> Callable[[Callable[..., Awaitable[Any]]], None]:
        def take(handler: Callable[..., Awaitable[Any]]) -> None:
            server.feature(method, options)(answered(method, handler))

        return take

    @asked(lsp.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        if (at := server.at(params)) is None or (found := hover(server.open.look(at[0].uri), at[1])) is None:
            return None
        place = wire.range_of(server.open.lines(at[0].text), found.span.start, found.span.end)
        return lsp.Hover(contents=wire.markdown(found.markdown()), range=place)

    @asked(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "|"]))
    async def on_completion(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        if (at := server.at(params)) is None:
            return None
        return wire.completion_list(completion(at[0].source, at[1], server.open.read), server.open.lines(at[0].text))

    @asked(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","]))
    async def on_signature(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        if (at := server.at(params)) is None:
            return None
        found = signature_help(at[0].source, at[1], server.open.read)
        return wire.signature_help(found) if found is not None else None

    @asked(lsp.TEXT_DOCUMENT_DEFINITION)
    async def on_definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        if (at := server.at(params)) is None:
            return None
        span = definition(server.open.look(at[0].uri), at[1])
        return server.location(span) if span is not None else None

    @asked(lsp.TEXT_DOCUMENT_REFERENCES)
    async def on_references(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        if (at := server.at(params)) is None:
            return None
        here = server.open.look(at[0].uri)
        name = renamable(here, at[1], lambda _: True)
        if name.declared is None:
            return []
        spans = references(here, name.declared)
        for other in (await server.others(here, name)).values():
            spans += references(other, name.declared)
        return [place for span in spans if (place := server.location(span)) is not None]

    @asked(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def on_prepare_rename(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        if (at := server.at(params)) is None:
            return None
        name = renamable(server.open.look(at[0].uri), at[1], server.open.owns)
        place = wire.range_of(server.open.lines(at[0].text), name.span.start, name.span.end)
        return lsp.PrepareRenamePlaceholder(range=place, placeholder=name.span.text())

    @asked(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def on_rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        if (at := server.at(params)) is None:
            return None
        here = server.open.look(at[0].uri)
        name = renamable(here, at[1], server.open.owns)
        others = await server.others(here, name)
        changes = rename(here, name, params.new_name, others, server.open.read)
        edits: dict[str, list[lsp.TextEdit]] = {}
        for change in changes:
            uri = server.uri_of(change.source)
            if uri is None:
                continue
            lines = server.open.lines(change.source.text)
            edits[uri] = [lsp.TextEdit(wire.range_of(lines, s.start, s.end), params.new_name) for s in change.spans]
        return _workspace_edit(server, edits)

    @asked(lsp.TEXT_DOCUMENT_FORMATTING)
    async def on_formatting(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        document = server.open.documents.get(params.text_document.uri)
        if document is None or document.too_large:
            return None
        made = formatting(document.text)
        if made is None:
            return []
        return [lsp.TextEdit(wire.range_of(server.open.lines(document.text), made.start, made.end), made.text)]

    @asked(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def on_symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        document = server.open.documents.get(params.text_document.uri)
        if document is None or document.too_large:
            return None
        lines = server.open.lines(document.text)
        return [wire.document_symbol(s, lines) for s in symbols(server.open.look(document.uri))]

    @asked(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, wire.LEGEND)
    async def on_semantic(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        document = server.open.documents.get(params.text_document.uri)
        if document is None or document.too_large:
            return None
        return wire.semantic_tokens(semantic(server.open.look(document.uri)), server.open.lines(document.text))


def _workspace_edit(server: Server, edits: dict[str, list[lsp.TextEdit]]) -> lsp.WorkspaceEdit:
    """With the versions that it was made for, where the client takes them."""
    able = server.client_capabilities.workspace
    if not (able and able.workspace_edit and able.workspace_edit.document_changes):
        return lsp.WorkspaceEdit(changes=dict(edits))
    versions = {uri: document.version for uri, document in server.open.documents.items()}
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri, versions.get(uri)), list(changes))
            for uri, changes in edits.items()
        ]
    )


def serve(version: str, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> int:
    """Answers until the client says `exit` or closes the pipe. 0 where it said `shutdown` before, else 1."""
    out = stdout or sys.stdout.buffer
    sys.stdout = sys.stderr  # whoever prints must not print into the protocol
    for name in ("pygls", "asyncio", "cattrs"):  # they log what they are sent
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [logging.NullHandler()], False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("ilang lsp: %(message)s"))
    LOG.handlers, LOG.propagate = [handler], False
    LOG.setLevel(logging.INFO)
    server = make_server(version)
    server.start_io(stdin or sys.stdin.buffer, out)
    return 0 if server.clean_exit else 1
