from flows.frozen import Core, Statement
CORE = Core("", (), {}, {}, {}, {}, {})
core_screen = CORE.screen
core_help = CORE.help
