"""`make bench PART=core`: what the browser asks for, and what the table says of the measured figures."""

import pytest

from dev.bench.limits import Limit, Row, same, table
from dev.bench.views import specification

FIELDS = {
    "move": {
        "name": {"type": "char"},
        "partner_id": {"type": "many2one", "relation": "partner"},
        "line_ids": {"type": "one2many", "relation": "line"},
        "tag_ids": {"type": "many2many", "relation": "tag"},
    },
    "line": {
        "name": {"type": "char"},
        "amount": {"type": "float"},
        "product_id": {"type": "many2one", "relation": "product"},
    },
    "tag": {"name": {"type": "char"}},
}


class Model:
    """As much of a model as get_views needs; a model without an arch of its own has a list with its name."""

    def __init__(self, name, arch=None):
        self._name, self.arch = name, arch or '<list><field name="name"/></list>'

    @property
    def env(self):
        return {name: Model(name) for name in FIELDS}

    def get_views(self, views):
        [(_view_id, kind)] = views
        return {
            "views": {kind: {"arch": self.arch}},
            "models": {name: {"fields": fields} for name, fields in FIELDS.items()},
        }


def wanted(arch, kind="form"):
    return specification(Model("move", arch), kind)


@pytest.mark.parametrize(
    ("arch", "expected"),
    [
        ('<field name="name"/>', {"name": {}}),
        ('<field name="partner_id"/>', {"partner_id": {"fields": {"display_name": {}}}}),
        ('<field name="partner_id" invisible="1"/>', {"partner_id": {}}),
        (
            '<field name="partner_id" invisible="1"/><field name="partner_id" invisible="name"/>',
            {"partner_id": {"fields": {"display_name": {}}}},
        ),
        ('<field name="line_ids"/>', {"line_ids": {"fields": {"name": {}}, "limit": 40}}),
        ('<field name="line_ids" invisible="True"><list><field name="name"/></list></field>', {"line_ids": {}}),
        (
            '<field name="tag_ids" widget="many2many_tags" options="{\'color_field\': \'color\'}"/>',
            {"tag_ids": {"fields": {"display_name": {}, "color": {}}}},
        ),
    ],
)
def test_what_a_form_reads(arch, expected):
    assert wanted(f"<form>{arch}</form>") == expected


def test_lines_are_read_by_their_list_and_their_form():
    lines = (
        '<list limit="9"><field name="name"/></list>'
        '<form><field name="amount"/><group><field name="product_id"/></group></form>'
    )
    assert wanted(f'<form><field name="line_ids">{lines}</field><field name="name"/></form>') == {
        "line_ids": {"fields": {"name": {}, "amount": {}, "product_id": {"fields": {"display_name": {}}}}, "limit": 9},
        "name": {},
    }


def test_a_list_reads_no_records_behind_a_one2many():
    assert wanted('<list><field name="line_ids"/></list>', "list") == {"line_ids": {}}


def row(limit, *with_module):
    return Row("row", limit, [(10, 5), (10, 5), (99, 5)], list(with_module))


@pytest.mark.parametrize(
    ("limit", "with_module", "verdicts"),
    [
        (Limit(time=1.1, more=3), (11, 8), ["ok", "ok"]),
        (Limit(time=1.1, more=3), (11.1, 8), ["over", "ok"]),
        (Limit(time=1.1, more=3), (10, 9), ["ok", "over"]),
        (Limit(time=2, queries=1.2), (10, 6), ["ok", "ok"]),
        (Limit(time=2, queries=1.2), (10, 6.1), ["ok", "over"]),
        (Limit(more=3), (1000, 5), ["ok"]),
        (Limit(), (1000, 1000), []),
    ],
)
def test_the_table_says_what_is_over(limit, with_module, verdicts):
    line = list(table([row(limit, with_module)]))[-1]
    assert [word for word in line.split() if word in ("ok", "over")] == verdicts


@pytest.mark.parametrize(("queries", "verdict"), [(7, "ok"), (8, "over")])
def test_as_many_queries_for_any_number_of_rows(queries, verdict):
    assert same([row(Limit(), (10, 7)), row(Limit(), (10, queries))]).endswith(verdict)
