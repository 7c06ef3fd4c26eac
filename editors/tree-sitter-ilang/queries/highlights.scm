(comment) @comment
(string) @string
(text) @string
(hole ["{{" "}}"] @punctuation.special)
(number) @number
(boolean) @boolean
(none) @constant.builtin
(pronoun) @variable.builtin
(type) @type
(type_name (name) @type.builtin)
(generic_type (name) @type.builtin)

(prompt name: (name) @function)
(pipeline name: (name) @function)
(call function: (name) @function.call)
(stage name: (name) @function.call)
(region name: _ @keyword.repeat)
(parameter name: (name) @variable.parameter)
(named name: (name) @variable.parameter)
(get field: (name) @property)
(pluck field: (name) @property)
(field_declaration name: (name) @property)
(field_value name: (name) @property)
(message role: _ @keyword)

["use" "python" "from" "as" "model" "record" "enum" "prompt" "pipeline" "test" "builtin" "let" "if" "else"
 "answer" "include" "expect" "replies" "within"] @keyword
["and" "or" "not" "in"] @keyword.operator
["->" "=>" "=" "|" "+" "-" "*" "/" "==" "!=" "<" "<=" ">" ">=" "?"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
