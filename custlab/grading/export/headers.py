"""What the columns of Moodle's sheets are called: each site writes them in its own language."""

from __future__ import annotations

# English, German, French, Spanish, Catalan, Italian, Chinese, as in Moodle's language packs.
GRADE = (
    "grade",
    "bewertung",
    "note",
    "calificación",
    "qualificació",
    "valutazione",
    "成绩",
    "分数",
)
MAXIMUM = (
    "maximum grade",
    "bestwertung",
    "note maximale",
    "calificación máxima",
    "qualificació màxima",
    "valutazione massima",
    "最高分",
    "满分",
)
SCALE = ("scale", "skala", "bewertungsskala", "barème", "escala", "scala", "等级", "量表")
CHANGEABLE = (
    "grade can be changed",
    "bewertung kann geändert werden",
    "la note peut être modifiée",
    "la calificación puede ser cambiada",
    "la calificación puede cambiarse",
    "es pot canviar la qualificació",
    "la valutazione può essere cambiata",
)
NO = ("no", "nein", "non", "否")
COMMENTS = (
    "feedback comments",
    "feedback als kommentar",
    "feedback par commentaires",
    "commentaires de feedback",
    "comentarios de retroalimentación",
    "comentaris de retroacció",
    "commenti di feedback",
    "反馈评论",
    "反馈意见",
)
MAIL = (
    "email address",
    "e-mail-adresse",
    "adresse de courriel",
    "dirección de correo",
    "电子邮件",
    "电子邮件地址",
)
ID = (
    "id number",
    "id-nummer",
    "numéro d'identification",
    "número de id",
    "学号",
    "编号",
    "username",
)
NAME = (
    "full name",
    "vollständiger name",
    "nom complet",
    "nombre completo",
    "nome completo",
    "nome / cognome",
    "全名",
    "姓名",
)
FIRST = ("first name", "vorname", "prénom", "nombre", "nom", "nome", "名")
LAST = ("last name", "surname", "nachname", "nom de famille", "apellido(s)", "cognoms", "cognome",
        "姓")  # fmt: skip
