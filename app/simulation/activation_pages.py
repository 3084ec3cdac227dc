"""A page per activation function: what it is for, what it costs, where it fails. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

from app.simulation.activation_page import Page
from app.simulation.activation_pages_bounded import BOUNDED
from app.simulation.activation_pages_rectifiers import RECTIFIERS
from app.simulation.activation_pages_smooth import SMOOTH

PAGES: dict[str, Page] = RECTIFIERS | BOUNDED | SMOOTH
