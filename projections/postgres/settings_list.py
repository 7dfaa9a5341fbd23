"""The table of settings: names, defaults, units and help. docs/settings.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One line of docs/settings.md. `default` is what an absent variable means, as text."""

    name: str
    default: str
    unit: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting(
        "LETOPIS_DATA_DIR",
        "./.data",
        "путь",
        "Каталог данных: встроенная база, её журнал и секрет. Создаётся при первом запуске.",
    ),
    Setting(
        "DATABASE_URL",
        "нет",
        "URL",
        "PostgreSQL 16 или новее, учётная запись с правом создавать роли. "
        "Не задан — программа сама запускает встроенный PostgreSQL в каталоге данных.",
        secret=True,
    ),
    Setting(
        "LETOPIS_SECRET",
        "нет",
        "строка от 32 знаков",
        "Один секрет установки: из него выводятся пароли всех ролей базы. Обязателен вместе с "
        "DATABASE_URL; со встроенной базой создаётся сам, в файле secret каталога данных.",
        secret=True,
    ),
    Setting("LETOPIS_HOST", "127.0.0.1", "адрес", "На каком адресе отвечает веб-сервер."),
    Setting(
        "LETOPIS_PORT",
        "8000",
        "номер порта",
        "Порт веб-сервера. Занят — `letopis up` возьмёт следующий свободный и скажет об этом.",
    ),
    Setting(
        "LETOPIS_PUBLIC_ORIGIN",
        "нет",
        "https://имя[:порт]",
        "Адрес, по которому журнал открывают люди, если он стоит за обратным прокси. "
        "С ним сверяется источник каждой записи из браузера.",
    ),
    Setting("LETOPIS_POOL_MIN", "1", "соединений", "Сколько соединений с базой держать всегда."),
    Setting("LETOPIS_POOL_MAX", "10", "соединений", "Больше скольких соединений не открывать."),
    Setting(
        "LETOPIS_CONNECT_TIMEOUT_S",
        "30",
        "секунд",
        "Сколько ждать свободного соединения с базой, прежде чем отказать.",
    ),
    Setting(
        "LETOPIS_STAFF_IDLE_MIN",
        "10",
        "минут",
        "Через сколько минут без дела заканчивается сеанс сотрудника: ученик у чужого "
        "компьютера — обычное дело. У семей — всегда 30 минут.",
    ),
    Setting(
        "LETOPIS_SESSIONS_MAX",
        "5",
        "сеансов",
        "Сколько сеансов бывает у человека сразу: новый вход сверх этого заканчивает самый давний.",
    ),
    Setting(
        "LETOPIS_STEP_UP_MIN",
        "5",
        "минут",
        "Сколько после ввода пароля можно исправлять прошлые уроки, выдавать и отзывать доступ; "
        "потом журнал спросит пароль ещё раз.",
    ),
    Setting(
        "LETOPIS_SECOND_FACTOR",
        "нет",
        "роли через запятую",
        "Кому нельзя без второго фактора, кода из приложения: например "
        "`director,deputy,administrator`. Остальные включают его по желанию.",
    ),
    Setting(
        "LETOPIS_OIDC_ISSUER",
        "нет",
        "https://…",
        "Поставщик OpenID Connect, через которого можно войти: адрес, как он сам себя называет.",
    ),
    Setting("LETOPIS_OIDC_CLIENT_ID", "нет", "строка", "Под каким именем он знает журнал."),
    Setting(
        "LETOPIS_OIDC_CLIENT_SECRET",
        "нет",
        "строка",
        "Секрет журнала у поставщика. Адрес возврата у него — `/sign-in/provider/return`.",
        secret=True,
    ),
    Setting(
        "LETOPIS_OIDC_NAME",
        "Единый вход",
        "строка",
        "Как называть поставщика людям: «Войти через …».",
    ),
    Setting(
        "LETOPIS_SEAL_DIR",
        "seals в каталоге данных",
        "путь",
        "Ключи печати и последняя печать каждой школы. Читает и пишет только letopis seal: "
        "ни базе, ни веб-серверу этот каталог видеть незачем. Берегите его копию.",
    ),
    Setting(
        "LETOPIS_SEAL_EVERY_S",
        "60",
        "секунд",
        "Не чаще скольких секунд ставить печать, пока журнал растёт.",
    ),
    Setting(
        "LETOPIS_DAY_CLOSE",
        "18:00",
        "часы:минуты",
        "Когда по времени школы закрывается день: печать ставится сразу и уходит письмом.",
    ),
    Setting(
        "LETOPIS_PUBLISH_DIR",
        "нет",
        "путь",
        "Куда выкладывать печати: лучше всего каталог с чужого сервера.",
    ),
    Setting(
        "LETOPIS_SMTP_URL",
        "нет",
        "smtp://имя:пароль@сервер:порт",
        "Почтовый сервер для писем с печатью дня; smtps:// — с шифрованием с первого байта.",
        secret=True,
    ),
    Setting(
        "LETOPIS_SEAL_MAIL_TO",
        "нет",
        "адреса через запятую",
        "Кому слать печать дня: проверяющему, родительскому комитету.",
    ),
    Setting(
        "LETOPIS_LOG_LEVEL",
        "info",
        "debug, info, warning или error",
        "Подробность журнала работы программы.",
    ),
)
