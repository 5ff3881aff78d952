import { databaseSayings } from "./foreign-database-words.js";

/** What the C library and the shell say in other languages, with their English words; logs of a localised machine read like any other. */
const sayings: readonly (readonly [pattern: RegExp, english: string])[] = [
  [
    /Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier de ce (?:nom|type)|No existe el (?:archivo|fichero) o el directorio|File o directory non esistente|Arquivo ou diretório (?:não encontrado|inexistente)|Ficheiro ou directoria inexistente|Bestand of map bestaat niet|Nie ma takiego pliku ani katalogu|Нет такого файла или каталога|そのようなファイルやディレクトリはありません|没有那个文件或目录|그런 파일이나 디렉터리가 없습니다|Böyle bir dosya ya da dizin yok|Filen eller katalogen finns inte|Fichier (?:inexistant|introuvable|non trouv)|Datei nicht (?:gefunden|vorhanden)|Archivo no encontrado|Arquivo não encontrado|File non trovato|Bestand niet gevonden|Файл не найден|文件不存在|找不到文件|ファイルが(?:見つかりません|存在しません)|Adresář nebo soubor neexistuje/i,
    "No such file or directory",
  ],
  [
    /Keine Berechtigung|Permission non accordée|Permiso denegado|Permesso negato|Permissão (?:negada|recusada)|Toegang geweigerd|Brak dostępu|Отказано в доступе|許可がありません|权限不够|허가 거부|Erişim engellendi|Åtkomst nekas/i,
    "Permission denied",
  ],
  [
    /Auf dem Gerät ist kein Speicherplatz mehr verfügbar|Aucun espace disponible sur le périphérique|No queda espacio en el dispositivo|Spazio esaurito sul (?:device|dispositivo)|Não há espaço (?:disponível )?no dispositivo|Geen ruimte meer over op apparaat|Brak miejsca na urządzeniu|На устройстве не осталось свободного места|No space left|デバイスに空き領域がありません|设备上没有空间|장치에 남은 공간이 없음|Aygıtta boş yer kalmadı/i,
    "No space left on device",
  ],
  [
    /Kommando nicht gefunden|Befehl nicht gefunden|commande introuvable|orden no encontrada|no se encontró la orden|comando non trovato|comando não encontrado|opdracht niet gevonden|nie znaleziono polecenia|команда не найдена|コマンドが見つかりません|未找到命令|명령어를 찾을 수 없음|komut bulunamadı|kommandot (?:hittades inte|finns inte)/i,
    "command not found",
  ],
  [
    /Verbindungsaufbau abgelehnt|Connexion refusée|Conexión rehusada|Connessione rifiutata|Conexão recusada|Verbinding is geweigerd|Połączenie odrzucone|В соединении отказано|接続を拒否されました|拒绝连接|연결이 거부됨|Bağlantı reddedildi/i,
    "Connection refused",
  ],
  [
    /Nicht genügend (?:Hauptspeicher|Speicher)|Kann nicht genug Speicher|Ne peut allouer de la mémoire|No se pudo asignar memoria|Impossibile allocare memoria|Não foi possível alocar memória|Nie można przydzielić pamięci|Не удалось выделить память|メモリを(?:割り当て|確保)|无法分配内存|메모리를 할당할 수 없/i,
    "Cannot allocate memory",
  ],
  [
    /Wartezeit für die Verbindung abgelaufen|Connexion terminée par expiration|Expiró el tiempo de conexión|Connessione scaduta|Tempo esgotado para conexão|Connection timed out|Upłynął limit czasu połączenia|Время ожидания соединения истекло|接続がタイムアウト|连接超时|연결 시간 초과/i,
    "Connection timed out",
  ],
  [
    /\bGetötet\b|\bProcessus arrêté\b|\bTerminado \(killed\)|\bUcciso\b|\bMorto\b|\bUnicestwiony\b|\bУбито\b|強制終了|已杀死|죽었음/i,
    "Killed",
  ],
];
const beyondAscii =
  /[^\t -~]|nicht|gefunden|introuvable|fichier|archivo|orden|comando|permiso|espacio|refus|rifiut|niet|geweigerd|znaleziono|bulunamad|hittades|Berechtigung|conexi|negato|esaurito|esistente|existe\b|viola\b|durch Null|entre cero|inexistant/i;

/** The text with the English words in the place of those in another language; behind it where the words hold a name as well. */
export function inEnglish(text: string): string {
  if (!beyondAscii.test(text)) return text;
  const found = databaseSayings.filter(([pattern]) => pattern.test(text)).map(([, english]) => english);
  const said = sayings.reduce((so, [pattern, english]) => so.replace(pattern, english), text);
  return found.length === 0 ? said : `${said}: ${found.join(": ")}`;
}
