"""StageScene: the cell on stage as the unit's drawing has it: its body, its potentials and the unit's synapses, without instruments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from app.cell_recording import CellFrame
from app.panels.neuron.anatomy import HEIGHT, WIDTH, lecture_anatomy
from app.panels.neuron.camera import Camera, View
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.cell_scene import CellScene
from app.panels.neuron.kept_layers import blank
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import Theme

_WIDEST = "Σ −65.0 mV"


class StageScene(CellScene):
    """What is seen is a function of the frame, the plan and the room; places are px of the room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        guide = CellGuide()
        anatomy = lecture_anatomy()
        self._camera = Camera(QRectF(0.0, 0.0, WIDTH, HEIGHT), QSizeF(900, 400))
        self.picture = CellPicture(guide, anatomy, self._camera)

    def show_frame(self, frame: CellFrame | None, arrivals: Sequence[Arrival], plan: StagePlan) -> bool:
        """Take the cell at a moment; whether it looks otherwise than before."""
        picture = self.picture
        come = () if frame is None else tuple(one for one in arrivals if one.spike_ms <= frame.time_ms)
        if frame is picture.frame and come == picture.arrivals and plan == picture.plan:
            return False
        picture.frame, picture.arrivals, picture.plan = frame, come, plan
        return True

    def fit(self, room: QSizeF, covered: tuple[QRectF, ...]) -> None:
        """The room that it has, and where no name of a part may stand, px: the three inputs first, right of which the cell begins."""
        camera = self._camera
        camera.room = room
        inputs = max((box.right() for box in covered[:3]), default=0.0)  # px that they have beside the dendrites
        tips = min(x for x, _ in self.picture.anatomy.board.dendrite_ends)
        left = max((WIDTH * inputs - tips * room.width()) / max(room.width() - inputs, 1.0), 0.0)
        camera.world = QRectF(-left, 0.0, WIDTH + left, HEIGHT)
        camera.look(View(camera.world.center().x(), camera.world.center().y()))
        self.picture.covered = covered

    def paint(self, painter: QPainter, ratio: float, opacity: float) -> None:
        """Draw the cell; ratio: device pixels a px."""
        if opacity >= 1.0:
            self._draw_all(painter, ratio)
            return
        sheet: QPixmap = blank(self._camera.room, ratio)
        on_sheet = QPainter(sheet)
        self._draw_all(on_sheet, ratio)
        on_sheet.end()
        painter.setOpacity(opacity)
        painter.drawPixmap(0, 0, sheet)
        painter.setOpacity(1.0)

    def taken(self, picture: CellPicture) -> list[QRectF]:
        covered = [box.adjusted(-4.0, -4.0, 4.0, 4.0) for box in picture.covered]
        return [self.instruments.bar_box(picture), self.sum_box, *covered]

    @property
    def sum_box(self) -> QRectF:
        """Beside the soma, where what all inputs have come to is written."""
        metrics, up = QFontMetricsF(self.theme.font("heading")), 1.5 * self._camera.scale
        wide, at = metrics.horizontalAdvance(_WIDEST) + self.theme.px(12), self.soma
        radius = self.picture.anatomy.board.soma_radii[1]
        left = min(at.x() + 0.5 * radius * up, self.picture.projection.room.right() - wide - 3.0)
        return QRectF(left, at.y() - 1.6 * radius * up - metrics.height(), wide, metrics.height())

    def _draw_all(self, painter: QPainter, ratio: float) -> None:
        self.draw(painter, self.picture, ratio)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, theme = self.sum_box, self.theme
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.drawLine(self.soma, box.bottomLeft() + QPointF(2.0, -2.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("heading"))
        said = f"Σ {self.soma_mv:.1f} mV".replace("-", "\N{MINUS SIGN}")
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

    def _draw_signs(self, painter: QPainter, picture: CellPicture) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._bar_hits_inputs(picture):
            self.instruments.draw_bar(painter, picture)
        self.labels.draw(painter, self.names(picture))

    def _bar_hits_inputs(self, picture: CellPicture) -> bool:
        """In little room: the sum's figure is there without the bar."""
        bar = self.instruments.bar_box(picture)
        return any(bar.intersects(box) for box in picture.covered)

    # --- places -------------------------------------------------------------------------------------------------------

    @property
    def soma(self) -> QPointF:
        """Middle of the soma."""
        return self._at(self.picture.anatomy.soma)

    @property
    def soma_mv(self) -> float:
        """Its potential at the moment shown."""
        return float(self.picture.voltage_mV[self.picture.anatomy.soma])

    @property
    def hillock(self) -> QPointF:
        """Middle of the hillock."""
        return self._at(self.picture.anatomy.hillock)

    @property
    def bouton(self) -> QPointF:
        """Middle of the axon terminal."""
        x, y, _ = self.picture.anatomy.bouton_at
        return self.picture.projection.point((x, y))

    def site(self, number: int) -> QPointF:
        """Where the fibre of a synapse comes from."""
        return self.picture.projection.point(self.picture.anatomy.fibres[number][0])

    def _at(self, compartment: int) -> QPointF:
        return self.picture.projection.point(self.picture.anatomy.center[compartment])
