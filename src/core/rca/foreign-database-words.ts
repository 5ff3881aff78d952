/** What databases say in the languages that PostgreSQL and its kin are translated to, with their English words. */
export const databaseSayings: readonly (readonly [pattern: RegExp, english: string])[] = [
  [
    /(?:Passwort|Password|Peer|Ident|GSSAPI)-?Authentifizierung für .{1,80} fehlgeschlagen|authentification .{1,60}(?:échou|chou)|autentificación .{1,60}falló|autenticazione .{1,60}fallita|autenticação .{1,60}falhou|autoryzacja .{1,60}nie powiodła się|не прошёл проверку подлинности|认证失败|認証に失敗|인증을? 실패/i,
    "password authentication failed for user",
  ],
  [
    /(?:Relation|Tabelle|Sicht) [»"„].{1,120}[«"“] existiert nicht|la relation « .{1,120} » n'existe pas|no existe la relación|la relazione .{1,120} non esiste|relação .{1,120} não existe|relacja .{1,120} nie istnieje|отношение .{1,120} не существует|关系 ?["“].{1,120}["”] ?不存在|リレーション"?.{1,120}は存在しません|.{1,80} 이름의 릴레이션/i,
    "no such table",
  ],
  [
    /Spalte .{1,120} existiert nicht|la colonne .{1,120} n'existe pas|no existe la columna|la colonna .{1,120} non esiste|coluna .{1,120} não existe|kolumna .{1,120} nie istnieje|столбец .{1,120} не существует|字段 ?.{1,120} ?不存在|列.{1,120}は存在しません/i,
    "no such column",
  ],
  [
    /keine Berechtigung für (?:Tabelle|Relation|Schema|Datenbank|Sicht|Sequenz)|droit refusé (?:pour|sur)|permiso denegado (?:a|para) (?:la |el )?(?:tabla|relación|esquema|vista)|permesso negato per|permissão negada para (?:a )?(?:tabela|relação|esquema)|odmowa dostępu do|нет доступа к|对(?:表|关系|模式|视图).{0,80}权限不够|(?:テーブル|スキーマ|リレーション).{0,80}へのアクセスが拒否/i,
    "permission denied for table",
  ],
  [
    /doppelter Schlüsselwert verletzt|valeur d'une clé dupliquée|(?:llave|clave) duplicada viola|valore chiave duplicato|duplicar valor da chave viola|podwójna wartość klucza|повторяющееся значение ключа|重复键违反|重複したキー値は一意性制約/i,
    "duplicate key value violates unique constraint",
  ],
  [
    /verletzt Not-Null-Constraint|viole la contrainte (?:NOT NULL|de non-?nullité)|viola la restricción (?:de no nulo|not-null)|viola il vincolo non-?null|viola a restrição de não-nulo|нарушает ограничение NOT NULL|违反(?:了)?非空约束|非NULL制約に違反/i,
    "null value in column violates not-null constraint",
  ],
  [
    /Division durch Null|division par z[ée]ro|división (?:por|entre) cero|divisione per zero|divisão por zero|dzielenie przez zero|деление на ноль|除以零|0 ?による除算|0으로는? 나눌/i,
    "division by zero",
  ],
  [
    /(?:storniere|breche) Anfrage .{0,60}Zeitüberschreitung|annulation de la requête à cause du délai|cancelando la sentencia debido a que se agotó|annullamento dell'istruzione .{0,60}timeout|cancelando comando por causa do tempo de espera|выполнение оператора отменено из-за тайм-аута|由于语句执行超时|ステートメントのタイムアウトのためステートメントをキャンセル/i,
    "canceling statement due to statement timeout",
  ],
  [
    /Verklemmung|(?:Bloqueo|interblocage|blocage) .{0,20}(?:mutuo|mortel|d[ée]tect)|взаимоблокировка|检测到死锁|デッドロックを検出/i,
    "deadlock detected",
  ],
  [
    /zu viele Verbindungen|trop de (?:connexions|clients)|demasiad[oa]s (?:conexiones|clientes)|troppe connessioni|muitas conexões|слишком много (?:подключений|клиентов)|太多的?(?:客户端|连接)|連接数过多|接続(?:数)?が多すぎ/i,
    "too many connections",
  ],
];
