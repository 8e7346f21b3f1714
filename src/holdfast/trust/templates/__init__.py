"""Templates: what members are told, with gaps to fill in, in several languages and with versions."""

from .errors import PlaceholderLeft, TemplateNotAllowed, TemplateNotThere
from .model import Template, TemplateVersion, check_finished, fill
from .publish import publish_template
from .queries import newest_template, template_versions, templates
from .shipped import read_templates, shipped_templates

__all__ = [
    "PlaceholderLeft", "Template", "TemplateNotAllowed", "TemplateNotThere", "TemplateVersion", "check_finished", "fill",
    "newest_template", "publish_template", "read_templates", "shipped_templates", "template_versions", "templates",
]  # fmt: skip
