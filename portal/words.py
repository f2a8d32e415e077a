"""Words without Flask: the catalogues and one Jinja environment per language.

Each environment belongs to one language for good. A constant `_("…")` or `{% trans %}` therefore
becomes text when its template is compiled, instead of a look-up at every rendering; what holds a
variable or is lazy stays dynamic.
"""

from collections.abc import MutableMapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.support import Translations
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

LANGUAGES = ("id", "en")
DEFAULT_LANGUAGE = "id"
ROOT = Path(__file__).resolve().parent
CATALOGUES = ROOT.parent / "translations"
TEMPLATES = ROOT / "templates"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language. A missing one gives the English msgids back."""
    return Translations.load(CATALOGUES, [language])


class _Fold(NodeTransformer):
    """Turns gettext calls with one constant argument into the translated text itself."""

    def __init__(self, language: str, autoescape: bool) -> None:
        self._catalogue = translations(language)
        self._autoescape = autoescape

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node)
        if (
            isinstance(node.node, nodes.Name)
            and node.node.name in ("_", "gettext")
            and len(node.args) == 1
            and isinstance(node.args[0], nodes.Const)
            and isinstance(node.args[0].value, str)
            and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        ):
            # Newstyle gettext formats with % even without variables; so must the folded text.
            text = self._catalogue.gettext(node.args[0].value) % {}
            return nodes.Const(Markup(text) if self._autoescape else text, lineno=node.lineno)
        return node


class _Template(Template):
    """A template whose macros are made once, since no template here has globals of its own.

    Jinja compares the globals again at every `import`, which took a tenth of a page with ten of them.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class LanguageEnvironment(Environment):
    """A Jinja environment that speaks one language."""

    template_class = _Template
    language: str = DEFAULT_LANGUAGE

    def speak(self, language: str) -> None:
        self.language = language
        self.policies["ext.i18n.trimmed"] = True
        self.undefined = StrictUndefined
        catalogue = translations(language)
        self.install_gettext_callables(  # type: ignore[attr-defined]
            catalogue.gettext, catalogue.ngettext, newstyle=True
        )

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals as one plain mapping: they are complete before the first template is loaded.

        Jinja's chain of mappings is walked anew for every rendering and every part of it.
        """
        return {**self.globals, **(d or {})}

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        autoescape = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        folded = _Fold(self.language, autoescape).visit(source)
        return super()._generate(folded, name, filename, defer_init)


@cache
def text_environment(language: str, loader: BaseLoader | None = None) -> LanguageEnvironment:
    """The environment for mails and messages: plain text, nothing escaped, undefined names refused."""
    environment = LanguageEnvironment(
        loader=loader or FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.speak(language)
    return environment


def render_text(language: str, template: str, **context: Any) -> str:
    """A text template (mail, message) in one language. Raises `jinja2.UndefinedError` for a missing fact."""
    return text_environment(language).get_template(template).render(lang=language, **context)
