"""Fields that an administrator adds to records: declared as data, kept in the record's own row, shown wherever its other
fields are.

    class Project(custom.Customised, Record): ...
    custom.register(Project, states=Project.Stage.choices, state="stage", label=_("Projects"))

A field named `risk_class` reads as `project.custom_risk_class` and stands in forms, lists, sheets, the trail and, below
`custom`, in the API under that name.
"""
