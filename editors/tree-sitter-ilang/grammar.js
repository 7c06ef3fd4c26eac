/// <reference types="tree-sitter-cli/dsl" />
// ilang for tree-sitter: the rules of ilang/syntax/grammar.lark.

const comma1 = (rule) => seq(rule, repeat(seq(",", rule)));
const list = (rule) => optional(seq(comma1(rule), optional(",")));

module.exports = grammar({
  name: "ilang",

  extras: ($) => [/\s/, $.comment],
  word: ($) => $.name,

  rules: {
    source_file: ($) => repeat($._item),
    _item: ($) => choice($.use, $.model, $.record, $.enum, $.prompt, $.pipeline, $.test),

    // ---- declarations
    use: ($) =>
      seq("use", optional("python"), comma1($.use_name), optional(seq("from", choice($.path, $.string)))),
    use_name: ($) =>
      choice(seq($.path, optional(seq("as", field("alias", $.name)))), seq($.type, optional(seq("as", $.type)))),
    path: ($) => prec.left(seq($.name, repeat(seq(".", $.name)))),

    model: ($) => seq("model", field("name", $.name), optional(seq("=", $.call))),
    record: ($) => seq("record", field("name", $.type), "{", repeat($.field_declaration), "}"),
    field_declaration: ($) =>
      prec.right(seq(field("name", $.name), ":", $._type, optional($.string), optional(","))),
    enum: ($) => seq("enum", field("name", $.type), "{", list($.member), "}"),
    member: ($) => seq(field("name", $.name), optional($.string)),

    prompt: ($) =>
      seq(
        "prompt",
        field("name", $.name),
        $.parameters,
        optional(seq("->", field("result", $._type))),
        choice($.text, seq("{", repeat1(choice($.message, $.include)), optional($.answer), "}")),
      ),
    message: ($) => seq(field("role", choice("system", "user", "assistant")), $.text),
    include: ($) => seq("include", "(", $._pipe, ")"),
    answer: ($) => seq("answer", choice($.call, $.name)),

    pipeline: ($) =>
      seq(
        "pipeline",
        field("name", $.name),
        $.parameters,
        "->",
        field("result", $._type),
        field("body", choice($.block, "builtin")),
      ),
    test: ($) =>
      seq("test", field("name", $.string), "{", repeat(choice($.replies, $.let)), repeat1($.expect), "}"),
    replies: ($) => seq("replies", field("prompt", $.name), "=", $.list),
    expect: ($) => seq("expect", $._pipe),

    parameters: ($) => seq("(", list($.parameter), ")"),
    parameter: ($) => seq(field("name", $.name), ":", field("type", $._type), optional(seq("=", $._value))),

    // ---- types
    _type: ($) => choice($._plain_type, $.optional_type),
    optional_type: ($) => seq($._plain_type, "?"),
    _plain_type: ($) =>
      choice(
        $.type_name,
        $.generic_type,
        $.shape,
        seq("(", $._type, ")"),
        $.function_type,
      ),
    type_name: ($) => choice($.name, $.type),
    generic_type: ($) => seq($.name, "[", $._type, "]"),
    shape: ($) => seq("{", repeat($.field_declaration), "}"),
    function_type: ($) =>
      prec.right(seq("(", optional(comma1($._type)), ")", "->", $._plain_type)),

    // ---- expressions
    block: ($) => seq("{", repeat($.let), $._pipe, "}"),
    let: ($) => seq("let", field("name", $.name), "=", $._pipe),

    _pipe: ($) => choice($._value, $.pipe),
    pipe: ($) => prec.left(seq($._value, repeat1(seq("|", $._step)))),
    _step: ($) => choice($.stage, $.pluck, $.region),
    stage: ($) => prec.right(seq(optional(seq(field("library", $.name), ".")), field("name", $.name), optional($.arguments))),
    pluck: ($) => prec.left(repeat1(seq(".", field("field", $.name)))),
    region: ($) =>
      prec(1, seq(
        field("name", choice("repeat", "focus", "per")),
        $.arguments,
        "{",
        $._step,
        repeat(seq("|", $._step)),
        "}",
      )),

    _value: ($) =>
      choice(
        $.binary,
        $.unary,
        $.get,
        $.qualified,
        $._primary,
      ),
    binary: ($) =>
      choice(
        ...[
          ["or", 1],
          ["and", 2],
          ["==", 4],
          ["!=", 4],
          ["<", 4],
          ["<=", 4],
          [">", 4],
          [">=", 4],
          ["in", 4],
          [$.not_in, 4],
          ["+", 5],
          ["-", 5],
          ["*", 6],
          ["/", 6],
        ].map(([operator, level]) =>
          prec.left(level, seq($._value, field("operator", operator), $._value)),
        ),
      ),
    not_in: ($) => seq("not", "in"),
    unary: ($) => choice(prec(3, seq("not", $._value)), prec(7, seq("-", $._value))),
    get: ($) => prec.left(8, seq($._value, ".", field("field", $.name))),
    qualified: ($) => prec.left(9, seq($._value, ".", field("name", $.name), $.arguments)),

    _primary: ($) =>
      choice(
        $.name,
        $.member_of,
        $.call,
        $.number,
        $.string,
        $.text,
        $.boolean,
        $.none,
        $.pronoun,
        $.list,
        $.fields,
        $.if,
        $.within,
        seq("(", $._pipe, ")"),
      ),
    member_of: ($) => seq($.type, ".", field("member", $.name)),
    call: ($) => prec(9, seq(field("function", $.name), $.arguments)),
    arguments: ($) => seq(token.immediate("("), list($._argument), ")"),
    _argument: ($) => choice($._pipe, $.function, $.named),
    named: ($) => seq(field("name", $.name), "=", choice($._pipe, $.function)),
    function: ($) =>
      prec.right(seq(choice($.name, seq("(", $.name, repeat1(seq(",", $.name)), ")")), "=>", $._pipe)),

    if: ($) => seq("if", $._value, $.block, "else", choice($.block, $.if)),
    within: ($) => seq("within", $.arguments, $.block),
    list: ($) => seq("[", list($._pipe), "]"),
    fields: ($) => seq("{", list($.field_value), "}"),
    field_value: ($) => seq(field("name", $.name), "=", $._pipe),

    // ---- tokens
    text: ($) =>
      choice(
        seq('"""', repeat(choice($.text_content, $.hole)), '"""'),
        seq('#"""', repeat(choice($.text_content, $.hole)), '"""#'),
      ),
    text_content: () => choice(token(prec(2, /[^"{]+/)), '"', "{"),
    hole: ($) => seq("{{", $._pipe, "}}"),

    boolean: () => choice("true", "false"),
    none: () => "none",
    pronoun: () => choice("it", "them"),
    name: () => /[a-z_][A-Za-z0-9_]*/,
    type: () => /[A-Z][A-Za-z0-9]*/,
    number: () => /[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]+)?/,
    string: () => /"(\\.|[^"\\\n])*"/,
    comment: () => /#([^"\n][^\n]*|"([^"\n][^\n]*|"([^"\n][^\n]*)?)?)?/,
  },
});
