"""A form whose labels stand beside the middle of what they name, or of its first line."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QFormLayout, QVBoxLayout


class Form(QFormLayout):
    """Qt puts a label near the top of its field, which looks awry beside a field that is a little taller."""

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for row in range(self.rowCount()):
            label = self.itemAt(row, QFormLayout.ItemRole.LabelRole)
            field = self.itemAt(row, QFormLayout.ItemRole.FieldRole)
            if label is None or field is None or label.isEmpty():
                continue
            if isinstance(lines := field.layout(), QVBoxLayout) and lines.count():
                field = lines.itemAt(0)
            place, line = label.geometry(), field.geometry()
            place.moveTop(line.top() + (line.height() - place.height()) // 2)
            label.setGeometry(place)
