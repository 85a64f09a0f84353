"""The language on the line of a fence, as a highlighter knows it. Pure."""

from __future__ import annotations

import re

# What highlight.js, which Discord uses, has a name for, and the names that models write.
KNOWN = frozenset(
    """
    1c abnf accesslog actionscript ada adoc angelscript apache apacheconf applescript arcade arduino arm armasm as
    asciidoc asm aspectj atom autohotkey autoit avrasm awk axapta bash basic bat batch bf bind bnf brainfuck c cal
    capnp capnproto cc ceylon clean clj clojure cls cmake cmd cobol coffee coffeescript console coq cos cpp cr craftcms
    crm crmsh cron crystal cs csharp cson csp css csv cxx cypher d dart delphi dfm diff django dns do docker dockerfile
    dos dpr dsconfig dts dust ebnf edn elisp elixir elm erb erl erlang ex excel exs f90 f95 fix flix fortran fs fsharp
    fsx gams gauss gawk gcode gemspec gherkin glsl gms gml go golang golo gql gradle graph graphql groovy gss gyp h
    haml handlebars haskell haxe hbs hh hlsl hpp hs html http https hx hxx hy i7 iced inform7 ini ino instances irb
    irpf90 java javascript jinja jl js json jsp jsx julia kdb kotlin kt kts lasso latex ldif leaf less lisp
    livecodeserver livescript llvm ls lsl lua m mak make makefile markdown mathematica matlab maxima md mel mercury
    mips mips mizar mk mkd mkdown ml mm mma mojolicious monkey moon moonscript mysql n1ql nc nestedtext nginx
    nginxconf nim nix nsis obj-c obj-c++ objc objective-c objectivec ocaml openscad osascript oxygene p21 parser3 pas
    pascal patch pcmk perl pf pf.conf pgsql php php3 php4 php5 php6 php7 php8 pl plaintext plist pm podspec pony
    postgres postgresql powershell pp prisma processing prolog properties proto protobuf ps ps1 psql puppet purebasic py
    pycon python python-repl python3 q qml qt r rake rb re reasonml rib roboconf routeros rs rsl rss ruby ruleslanguage
    rust s sas scad scala scheme sci scilab scm scss sh shell shellsession smali smalltalk sml solidity sol sparql sql
    st stan stata step styl stylus sub subunit sv svelte svg svh swift tao tap tcl tex text thor thrift tk toml
    toit tp ts tsx turtle twig txt typescript v vala vb vba vbnet vbs vbscript verilog vhdl vim vue wasm wl wsf x++ x86
    x86asm xhtml xjb xl xls xlsx xml xpath xq xqm xquery xsd xsl yaml yml zep zephir zone zsh
    """.split()  # noqa: SIM905 - a list of strings would be a page long
)
_OTHERWISE = {
    "asp.net": "cs", "bash-session": "console", "c#": "cs", "c++": "cpp", "c/c++": "cpp", "cmd.exe": "bat",
    "f#": "fs", "golang": "go", "html+css": "html", "html5": "html", "ipython": "python", "ipython3": "python",
    "javascriptreact": "jsx", "js/jsx": "js", "json5": "json", "jsonc": "json", "node": "js", "node.js": "js",
    "nodejs": "js", "obj-c++": "mm", "objective-c++": "mm", "plain": "txt", "pwsh": "powershell", "py3": "py",
    "python2": "python", "sh-session": "console", "shell-session": "console", "typescriptreact": "tsx",
    "vb.net": "vbnet", "visual-basic": "vb", "vuejs": "vue", "yaml+jinja": "yaml",
}  # fmt: skip
# A word that Discord takes for a language, and shows nowhere, whether it knows it or not.
_TAKEN = re.compile(r"[A-Za-z0-9_+\-.#]+")
_WORD = re.compile(r"[\w+#.\-/]+")
# What stands beside a language and says more about the code: names, values, braces.
_ATTRIBUTES = re.compile(
    r"""(?:\s*(?:[\w.:/\-]+(?:=(?:"[^"]*"|'[^']*'|[^\s"']+))?|\{[^{}]*\}|"[^"]*"|\[[^\[\]]*\]),?)*"""
)


def is_known(word: str) -> bool:
    """Whether the word is a language's name."""
    return word.lower() in KNOWN or word.lower() in _OTHERWISE


def named(info: str) -> str | None:
    """Return the name by which Discord knows the language on a fence's line; "" for none it knows.

    None where the words there are no language with its attributes.
    """
    info = info.strip().strip("{}").strip().lstrip(".")
    if not info:
        return ""
    word, rest = _first(info)
    if not word or (rest and not (is_known(word) or _is_beside(rest))):
        return None if " " in info else ""
    name = _OTHERWISE.get(word.lower(), word)
    ending = name.rpartition(".")[2]
    if "." in name and is_known(ending):
        return ending
    return name if _TAKEN.fullmatch(name) and (not rest or is_known(name)) else ""


# A program's first line: no language begins so.
_BEGINS_CODE = re.compile(r"#!|<[?!/A-Za-z]|//|/\*")


def code_behind(info: str) -> str:
    """Return what on a fence's line is code and no attribute of a known language; "" where nothing is."""
    if _BEGINS_CODE.match(info.strip()):
        return info.strip()
    word, _, rest = info.strip().partition(" ")
    return rest.strip() if is_known(word) and not _ATTRIBUTES.fullmatch(rest) else ""


def _first(info: str) -> tuple[str, str]:
    """Cut the first word off: the whole up to a blank where it is a name by itself (`c++`, `asp.net`)."""
    whole, _, behind = info.partition(" ")
    if whole.lower() in _OTHERWISE:
        return whole, behind.strip()
    found = _WORD.match(info)
    word = found[0] if found else ""
    return word, info[len(word) :].strip()


def _is_beside(rest: str) -> bool:
    """Whether what stands behind an unknown word still says that it names a language."""
    return rest[0] in ":,{" and " " not in rest
